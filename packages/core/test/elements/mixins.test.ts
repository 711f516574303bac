import { z } from "zod";

import {
  Aggregate,
  type AggregateRoot,
  apply,
  Command,
  Domain,
  DomainEvent,
  type DomainEventRoot,
  Entity,
  entity,
  handle,
  hasMany,
  identifier,
  MemoryEventStore,
  ValueObject,
  valueObject,
} from "../../src/index";

/** Methods that `Object.assign` puts on a prototype are enumerable, other than those of a class. */
const describing = {
  describe(this: { readonly id?: string }): string {
    return `I am ${this.id ?? "nobody"}`;
  },
};

function shop() {
  const eventStore = new MemoryEventStore();
  const domain = new Domain("shop", { root: "/", eventStore, config: { snapshot_threshold: 0 } });

  @domain.valueObject({ partOf: "Order" })
  class Money extends ValueObject({ cents: z.number() }) {}

  @domain.entity({ partOf: "Order" })
  class Line extends Entity({ price: valueObject(Money) }) {}

  @domain.event({ partOf: "Order" })
  class LineAdded extends DomainEvent({ line: entity(Line) }) {}

  @domain.aggregate({ eventSourced: true, factEvents: true })
  class Order extends Aggregate({ lines: hasMany(Line), total: valueObject(Money).optional() }) {
    @apply(LineAdded)
    onAdded({ line }: LineAdded): void {
      this.lines.add(line);
      this.total = line.price;
    }
  }

  @domain.command({ partOf: Order })
  class AddLine extends Command({ orderId: identifier(), line: entity(Line) }) {}

  @domain.commandHandler({ partOf: Order })
  class OrderHandler {
    @handle(AddLine)
    async add({ orderId, line }: AddLine): Promise<void> {
      const order = Order.createNew({ id: orderId });
      order.raise(new LineAdded({ line }));
      await domain.repositoryFor(Order).add(order);
    }
  }
  void OrderHandler;
  for (const type of [Money, Line, LineAdded, Order, AddLine]) Object.assign(type.prototype, describing);
  return { domain, Money, Line, LineAdded, Order, AddLine };
}

describe("methods that were assigned to a prototype", () => {
  it("are methods, and no fields, of every kind of element, from the command to the snapshot and the fact", async () => {
    const { domain, Money, Line, Order, AddLine } = shop();
    await domain.init();
    const line = new Line({ id: "l-1", price: new Money({ cents: 5 }) });
    await domain.process(new AddLine({ orderId: "o-1", line }));
    const orders = domain.repositoryFor(Order);
    const replayed = await orders.get("o-1");
    expect(
      [replayed, replayed.lines.get("l-1"), replayed.total].map((each) => describing.describe.call(each as never)),
    ).toEqual(["I am o-1", "I am l-1", "I am nobody"]);
    await domain.createSnapshot(Order, "o-1");
    const restored = await orders.get("o-1");
    expect(restored.toJSON()).toEqual(replayed.toJSON());
    expect(await domain.snapshotsFor(Order).verify("o-1")).toMatchObject({ outcome: "equal" });
    expect(JSON.parse(JSON.stringify((await domain.factsFor(Order).latest("o-1"))?.state))).toEqual({
      lines: [{ id: "l-1", price: { cents: 5 } }],
      total: { cents: 5 },
    });
    expect(restored.total?.with({ cents: 6 }).equals(new Money({ cents: 6 }))).toBe(true);
    await domain.close();
  });

  it("are no fields of an instance that values are taken from, at any depth", () => {
    const { Money, Line, LineAdded } = shop();
    class Price {
      cents = 5;
    }
    class LineDto {
      id = "l-1";
      price = new Price();
    }
    for (const type of [Price, LineDto]) Object.assign(type.prototype, describing);
    expect(new Line(new LineDto())).toEqual(new Line({ id: "l-1", price: new Money({ cents: 5 }) }));
    expect(new LineAdded({ line: new LineDto() }).line).toEqual(new Line({ id: "l-1", price: { cents: 5 } }));
  });

  it("do not hide a field that the shape does not have", () => {
    const { Money } = shop();
    expect(() => new Money(Object.assign(Object.create(describing), { cents: 5, euros: 1 }))).toThrow(
      "euros: is not a field of the shape",
    );
  });
});

/** Types that a class of one aggregate after another can be made of. */
type Archivable = new (...args: any[]) => AggregateRoot & { isArchived: boolean };
type ArchivedEvent = new (values: { reason: string }) => DomainEventRoot & { readonly reason: string };

it("a class that is made for each aggregate gives several the same @apply method", async () => {
  const domain = new Domain("shop", { root: "/" });
  const withArchive = <B extends Archivable>(Base: B, Archived: ArchivedEvent) => {
    class WithArchive extends Base {
      archive(reason: string): void {
        this.raise(new Archived({ reason }));
      }

      @apply(Archived)
      onArchived(_event: InstanceType<ArchivedEvent>): void {
        this.isArchived = true;
      }
    }
    return WithArchive;
  };
  @domain.event({ partOf: "Order" })
  class OrderArchived extends DomainEvent({ reason: z.string() }) {}
  @domain.aggregate({ eventSourced: true })
  class Order extends withArchive(Aggregate({ isArchived: z.boolean().default(false) }), OrderArchived) {}
  @domain.event({ partOf: "Invoice" })
  class InvoiceArchived extends DomainEvent({ reason: z.string() }) {}
  @domain.aggregate({ eventSourced: true })
  class Invoice extends withArchive(Aggregate({ isArchived: z.boolean().default(false) }), InvoiceArchived) {}
  await domain.init();
  const [order, invoice] = [Order.createNew({ id: "1" }), Invoice.createNew({ id: "1" })];
  for (const each of [order, invoice]) each.archive("old");
  await domain.repositoryFor(Order).add(order);
  await domain.repositoryFor(Invoice).add(invoice);
  expect((await domain.repositoryFor(Order).get("1")).isArchived).toBe(true);
  expect((await domain.repositoryFor(Invoice).get("1")).isArchived).toBe(true);
  const types: string[] = [];
  for await (const { type } of domain.eventStore.readAll()) types.push(type);
  expect(types).toEqual(["Shop.OrderArchived.v1", "Shop.InvoiceArchived.v1"]);
  await domain.close();
});
