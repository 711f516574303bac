import { z } from "zod";

import { Shape } from "../../src/schema/shape";
import { status } from "../../src/schema/status";
import type { StatusFields } from "../../src/schema/status-fields";

const { statuses } = new Shape({
  name: z.string(),
  order: status({ transitions: { DRAFT: ["PLACED", "CANCELLED"], PLACED: ["SHIPPED"], SHIPPED: [], CANCELLED: [] } }),
  payment: status({ transitions: { OPEN: ["PAID"], PAID: [] } }).nullable(),
}) as { statuses: StatusFields };

function complaints(before: object, after: object): unknown {
  return statuses.complaints(statuses.valuesIn(before), after);
}

describe("the status fields of a shape", () => {
  it("are undefined where none was declared", () => {
    expect(new Shape({ name: z.string(), list: z.array(status({ transitions: { A: [] } })) }).statuses).toBeUndefined();
  });

  it("allow the declared transitions and standing still", () => {
    expect(complaints({ order: "DRAFT", payment: "OPEN" }, { order: "PLACED", payment: "PAID" })).toBeUndefined();
    expect(complaints({ order: "SHIPPED", payment: "PAID" }, { order: "SHIPPED", payment: "PAID" })).toBeUndefined();
  });

  it("complain of every other one, with what is allowed", () => {
    expect(complaints({ order: "DRAFT", payment: "PAID" }, { order: "SHIPPED", payment: "OPEN" })).toEqual({
      order: ['cannot go from "DRAFT" to "SHIPPED"; allowed: "PLACED", "CANCELLED"'],
      payment: ['cannot go from "PAID" to "OPEN"; allowed: none'],
    });
  });

  it("compare the states of two moments, whatever became of the object in between", () => {
    const state = { order: "DRAFT", payment: "OPEN" };
    const before = statuses.valuesIn(state);
    state.order = "SHIPPED";
    expect(Object.keys(statuses.complaints(before, state) ?? {})).toEqual(["order"]);
  });

  it("may come from nothing, and do not go back to it", () => {
    expect(complaints({ order: "DRAFT", payment: null }, { order: "DRAFT", payment: "PAID" })).toBeUndefined();
    expect(complaints({ order: "DRAFT", payment: "OPEN" }, { order: "DRAFT", payment: null })).toEqual({
      payment: ['cannot go from "OPEN" to null; allowed: "PAID"'],
    });
  });

  it("may leave a state that is declared no longer", () => {
    expect(complaints({ order: "PENDING", payment: null }, { order: "PLACED", payment: null })).toBeUndefined();
    expect(complaints({ order: "toString", payment: null }, { order: "PLACED", payment: null })).toBeUndefined();
  });
});
