import { Decimal, decimal, ValidationError, ValueObject } from "@tidemark/core";
import { z } from "zod";

export const currency = () => z.enum(["EUR", "USD"]);
export type Currency = z.output<ReturnType<typeof currency>>;

/** An amount that is exact to the cent, in one currency. */
export class Money extends ValueObject({ amount: decimal({ places: 2 }).nonnegative(), currency: currency() }) {
  static none(currency: Currency): Money {
    return new Money({ amount: 0, currency });
  }

  /** @throws ValidationError for money of another currency, because the sum has no currency. */
  plus(other: Money): Money {
    if (other.currency !== this.currency)
      throw new ValidationError({ currency: [`Cannot add ${other.currency} to ${this.currency}`] });
    return this.with({ amount: this.amount.plus(other.amount) });
  }

  times(quantity: number): Money {
    return this.with({ amount: this.amount.times(quantity) });
  }

  /** The amount minus a percentage, rounded as banks do: half a cent goes to the even cent. */
  lessPercent(percent: number): Money {
    const left = this.amount.times(100 - percent).div(100);
    return this.with({ amount: left.toDecimalPlaces(2, Decimal.ROUND_HALF_EVEN) });
  }

  /** `19.90 EUR` */
  override toString(): string {
    return `${this.amount.toFixed(2)} ${this.currency}`;
  }
}
