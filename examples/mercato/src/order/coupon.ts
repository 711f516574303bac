import { ValidationError, ValueObject } from "@tidemark/core";
import { z } from "zod";

import type { Money } from "../money";

/** A code that reduces the price of an order. */
export class Coupon extends ValueObject({ code: z.string(), percent: z.number().int().min(1).max(50) }) {
  /** @throws ValidationError for a code that the shop has not issued. */
  static of(code: string): Coupon {
    const percent = PERCENT_BY_CODE.get(code);
    if (percent === undefined) throw new ValidationError({ code: [`There is no coupon "${code}"`] });
    return new Coupon({ code, percent });
  }

  appliedTo(sum: Money): Money {
    return sum.lessPercent(this.percent);
  }
}

const PERCENT_BY_CODE: ReadonlyMap<string, number> = new Map([
  ["WELCOME10", 10],
  ["SUMMER25", 25],
]);
