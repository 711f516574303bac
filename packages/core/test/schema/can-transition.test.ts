import { z } from "zod";

import { Aggregate, apply, canTransition, DomainEvent, IncorrectUsageError, status } from "../../src/index";

class Placed extends DomainEvent({}) {}

class Order extends Aggregate({
  note: z.string().default(""),
  status: status({ transitions: { DRAFT: ["PLACED", "CANCELLED"], PLACED: ["SHIPPED"], SHIPPED: [], CANCELLED: [] } }),
}) {
  @apply(Placed)
  onPlaced(_: Placed): void {
    this.status = "PLACED";
  }
}

const STATES = ["DRAFT", "PLACED", "SHIPPED", "CANCELLED"] as const;

describe("canTransition", () => {
  it("says where a status may go from where it stands", () => {
    const order = Order.createNew();
    const open = () => STATES.filter((to) => canTransition(order, "status", to));
    expect(open()).toEqual(["PLACED", "CANCELLED"]);
    order.raise(new Placed());
    expect(open()).toEqual(["SHIPPED"]);
  });

  it("refuses a field that is not a status", () => {
    expect(() => canTransition(Order.createNew(), "note", "x")).toThrow(IncorrectUsageError);
    expect(() => canTransition(Order.createNew(), "note", "x")).toThrow(
      'Order has no field "note" declared with status()',
    );
    expect(() => canTransition({ status: "DRAFT" }, "status", "PLACED")).toThrow(
      'Object has no field "status" declared with status()',
    );
  });
});
