import { z } from "zod";

import { Projection } from "../../src/elements/projection";
import { type Decimal, decimal, identifier } from "../../src/index";
import type { View } from "../../src/queries/view";

class Row extends Projection({
  rowId: identifier(),
  holder: z.string(),
  balance: z.number().default(0),
  status: z.enum(["ACTIVE", "CLOSED"]),
  isOpen: z.boolean(),
  at: z.date().optional(),
  total: decimal(),
  big: z.bigint().nullable(),
  tags: z.array(z.string()),
  details: z.object({ a: z.string() }).optional(),
  anything: z.any(),
}) {}

declare const rows: View<Row>;
declare const total: Decimal;

export const sound: View<Row> = rows
  .where("holder", "startsWith", "A")
  .where("holder", "in", ["Ada"])
  .where("balance", ">=", 5)
  .where("status", "=", "ACTIVE")
  .where("status", "<", "B")
  .where("isOpen", "!=", true)
  .where("at", ">", new Date())
  .where("at", "=", null)
  .where("at", "in", [undefined, new Date()])
  .where("total", "<", total)
  .where("big", "<=", 5n)
  .where("big", "=", null)
  .where("tags", "!=", null)
  .where("details", "=", undefined)
  .where("anything", "=", null)
  .orderBy("balance", "desc")
  .limit(5);

export const read: Promise<readonly Row[]> = rows.all();

// @ts-expect-error there is no such field
rows.where("holdr", "=", "Ada");
// @ts-expect-error a number is compared with numbers
rows.where("balance", "=", "5");
// @ts-expect-error only texts start with something
rows.where("balance", "startsWith", 5);
// @ts-expect-error the enum has no such value
rows.where("status", "=", "OPEN");
// @ts-expect-error a field that is always there is never null
rows.where("holder", "=", null);
// @ts-expect-error booleans have no order
rows.where("isOpen", "<", true);
// @ts-expect-error dates are compared with dates
rows.where("at", "<", "2020");
// @ts-expect-error a list takes a list of values
rows.where("holder", "in", "Ada");
// @ts-expect-error JSON is compared with null only
rows.where("tags", "=", ["a"]);
// @ts-expect-error JSON has no order
rows.where("details", ">", {});
// @ts-expect-error there is no such field
rows.orderBy("name");
// @ts-expect-error there is no such direction
rows.orderBy("holder", "down");
