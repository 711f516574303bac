import {
  Aggregate,
  Command,
  canTransition,
  Decimal,
  type DecimalInput,
  type DecimalOptions,
  DomainEvent,
  decimal,
  type StatusOptions,
  status,
} from "@tidemark/core";
import { z } from "zod";

class Paid extends DomainEvent({ amount: decimal({ places: 2 }).positive(), fee: decimal().default("0.10") }) {}
class Pay extends Command({ amount: decimal().optional(), parts: z.array(decimal()).default([]) }) {}

// What a decimal can be given as, and what it is.
new Paid({ amount: "12.50" });
new Paid({ amount: 12.5, fee: 1n });
new Paid({ amount: new Decimal("12.50"), fee: undefined });
new Pay({});
new Pay({ parts: ["1", 2, new Decimal(3)] });
const amount: Decimal = new Paid({ amount: "1" }).amount;
const doubled: Decimal = amount.times(2).plus("0.5");
const optional: Decimal | undefined = new Pay().amount;
const input: DecimalInput = doubled;
const options: DecimalOptions = { places: 2 };
const refined: z.ZodType<Decimal> = decimal(options)
  .min(0)
  .max("100")
  .nonnegative()
  .describe("a percentage")
  .refine((value) => value.mod(5).isZero());
decimal().default(() => 5n);
decimal().nullable();
// @ts-expect-error: a decimal is required
new Paid({});
// @ts-expect-error: a date is no decimal
new Paid({ amount: new Date() });
// @ts-expect-error: a Decimal is no number
const number: number = amount;
// @ts-expect-error: an unknown option
decimal({ scale: 2 });
// @ts-expect-error: a default that is no decimal
decimal().default(true);

class Order extends Aggregate({
  status: status({
    initial: "DRAFT",
    transitions: { DRAFT: ["PLACED", "CANCELLED"], PLACED: ["CANCELLED"], CANCELLED: [] },
  }),
  payment: status({ transitions: { OPEN: ["PAID"], PAID: [] } }).nullable(),
  total: decimal().default("0"),
  note: z.string().optional(),
}) {
  place(): void {
    this.status = "PLACED";
    this.payment = null;
    this.total = this.total.plus("1");
    // @ts-expect-error: not a state
    this.status = "SHIPPED";
    // @ts-expect-error: a text is no Decimal
    this.total = "1";
  }
}

// What a status is.
const order = Order.createNew();
const state: "DRAFT" | "PLACED" | "CANCELLED" = order.status;
const payment: "OPEN" | "PAID" | null = order.payment;
const can: boolean = canTransition(order, "status", "PLACED");
const declared: StatusOptions<"ON" | "OFF"> = { initial: "OFF", transitions: { ON: ["OFF"], OFF: ["ON"] } };
const power: "ON" | "OFF" = status(declared).parse("ON");
// @ts-expect-error: not a state
if (order.status === "SHIPPED") order.place();
// @ts-expect-error: not a state
canTransition(order, "status", "SHIPPED");
// @ts-expect-error: not a field
canTransition(order, "state", "PLACED");
// @ts-expect-error: a target that is no state
status({ transitions: { DRAFT: ["PLACED"] } });
// @ts-expect-error: an initial state that is none
status({ initial: "NEW", transitions: { DRAFT: [] } });
// @ts-expect-error: without transitions
status({ initial: "NEW" });

export const used = [optional, input, refined, number, state, payment, can, power];
