import { z } from "zod";

import {
  Aggregate,
  apply,
  canTransition,
  Decimal,
  DomainEvent,
  decimal,
  Entity,
  entity,
  hasMany,
  identifier,
  status,
  ValueObject,
  valueObject,
} from "../../src/index";
import { messagesOf } from "../fixtures/messages-of";

class Price extends ValueObject({ amount: decimal(), note: z.any().optional() }) {}
class Line extends Entity({
  price: valueObject(Price).optional(),
  status: status({ transitions: { OPEN: ["SENT"], SENT: ["RETURNED"], RETURNED: [] } }),
}) {}
class Part extends Entity({ lines: hasMany(Line) }) {}
class Added extends DomainEvent({ part: entity(Part) }) {}
class Went extends DomainEvent({ lineId: identifier(), to: z.enum(["OPEN", "SENT", "RETURNED"]) }) {}
class Replaced extends DomainEvent({ line: entity(Line) }) {}

class Order extends Aggregate({ parts: hasMany(Part) }) {
  static withLine(): Order {
    const order = Order.createNew();
    order.raise(new Added({ part: { id: "p-0" } }));
    order.raise(new Added({ part: { id: "p", lines: [{ id: "l" }] } }));
    return order;
  }

  @apply(Added)
  onAdded({ part }: Added): void {
    this.parts.add(part);
  }

  @apply(Went)
  onWent({ lineId, to }: Went): void {
    this.parts.get("p").lines.get(lineId).status = to;
  }

  @apply(Replaced)
  onReplaced({ line }: Replaced): void {
    const { lines } = this.parts.get("p");
    lines.remove(line);
    lines.add(line);
  }
}

const complaint = { "parts.1.lines.0.status": ['cannot go from "OPEN" to "RETURNED"; allowed: "SENT"'] };

describe("the status fields of an entity", () => {
  it("go the ways that are declared, step by step", () => {
    const order = Order.withLine();
    order.raise(new Went({ lineId: "l", to: "SENT" }));
    order.raise(new Went({ lineId: "l", to: "RETURNED" }));
    expect(order.parts.get("p").lines.get("l").status).toBe("RETURNED");
  });

  it("are refused for other transitions, with the path", () => {
    expect(messagesOf(() => Order.withLine().raise(new Went({ lineId: "l", to: "RETURNED" })))).toEqual(complaint);
  });

  it("belong to the entity with the id, even where another instance takes its place", () => {
    const line = { id: "l", status: "RETURNED" } as const;
    expect(messagesOf(() => Order.withLine().raise(new Replaced({ line })))).toEqual(complaint);
  });

  it("may stand anywhere in an entity that is new", () => {
    const order = Order.withLine();
    order.raise(new Added({ part: { id: "p-2", lines: [{ id: "l-2", status: "RETURNED" }] } }));
    expect(order.parts.get("p-2").lines.get("l-2").status).toBe("RETURNED");
  });

  it("can be asked beforehand", () => {
    const line = Order.withLine().parts.get("p").lines.get("l");
    expect([canTransition(line, "status", "SENT"), canTransition(line, "status", "RETURNED")]).toEqual([true, false]);
  });
});

describe("decimals in value objects", () => {
  it("are compared by their value, stored and given back", () => {
    const price = new Price({ amount: "1.10" });
    expect(price.equals(new Price({ amount: "1.1" }))).toBe(true);
    expect(price.equals(new Price({ amount: "1.2" }))).toBe(false);
    const { shape } = Replaced;
    const event = new Replaced({ line: { id: "l", price } });
    const stored = shape.decode(JSON.parse(JSON.stringify(shape.encode({ ...event })))) as Replaced;
    expect(stored.line.price?.amount).toEqual(new Decimal("1.1"));
    expect(stored.line.price?.equals(price)).toBe(true);
  });
});
