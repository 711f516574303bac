import { z } from "zod";

import { Aggregate, apply, DomainEvent, Entity, hasMany, invariant, ObjectNotFoundError } from "../../src/index";

class LineAdded extends DomainEvent({ lineId: z.string() }) {}
class LineDropped extends DomainEvent({ lineId: z.string() }) {}

class Line extends Entity({}) {}

class Order extends Aggregate({ lines: hasMany(Line), first: z.string().optional() }) {
  drop(lineId: string): void {
    this.lines.get(lineId);
    this.raise(new LineDropped({ lineId }));
  }

  @invariant.post
  firstIsThere(): void {
    if (this.first !== undefined) this.lines.get(this.first);
  }

  @apply(LineAdded)
  onAdded({ lineId }: LineAdded): void {
    this.lines.add({ id: lineId });
    this.first ??= lineId;
  }

  @apply(LineDropped)
  onDropped({ lineId }: LineDropped): void {
    this.lines.remove(lineId);
  }
}

describe("an entity that is missing", () => {
  it("inside of an @apply method is a fault of the domain, not of whoever asked", () => {
    const order = Order.createNew({ id: "o-1" });
    expect(() => order.raise(new LineDropped({ lineId: "l-1" }))).toThrow(
      expect.objectContaining({
        code: "INCORRECT_USAGE",
        statusCode: 500,
        message:
          'Order "o-1" cannot fold LineDropped: there is no Line with id "l-1"; check that before raising LineDropped',
        cause: expect.any(ObjectNotFoundError),
      }),
    );
    expect(() => order.raise(new LineAdded({ lineId: "l-1" }))).toThrow("it refused an earlier change");
  });

  it("in an invariant is one as well", () => {
    const order = Order.createNew({ id: "o-1" });
    order.raise(new LineAdded({ lineId: "l-1" }));
    expect(() => order.drop("l-1")).toThrow('Order "o-1" cannot fold LineDropped: there is no Line with id "l-1"');
  });

  it("in a method of the aggregate is not found", () => {
    const order = Order.createNew({ id: "o-1" });
    expect(() => order.drop("l-1")).toThrow(expect.objectContaining({ code: "OBJECT_NOT_FOUND", statusCode: 404 }));
    order.raise(new LineAdded({ lineId: "l-1" }));
    expect(order.lines.size).toBe(1);
  });
});
