import { z } from "zod";

import {
  Aggregate,
  apply,
  Domain,
  DomainEvent,
  Entity,
  entity,
  hasMany,
  MemoryEventStore,
  ValidationError,
  ValueObject,
  valueObject,
} from "../../src/index";

class Money extends ValueObject({ cents: z.bigint() }) {}
class Card extends Entity({ holder: z.string(), limit: valueObject(Money).optional() }) {}

const cash = z.object({ kind: z.literal("cash"), amount: valueObject(Money) });
const card = z.strictObject({ kind: z.literal("card"), card: entity(Card), at: z.date(), extra: z.any().optional() });
const none = z.object({ kind: z.enum(["later", "never"]), reason: z.string() });
const split = z.object({
  kind: z.literal("split"),
  get parts() {
    return z.array(payment);
  },
});
const payment = z.discriminatedUnion("kind", [cash, card, z.discriminatedUnion("kind", [none]), split]);
type Payment = z.output<typeof payment>;

const eur = (cents: number) => new Money({ cents: BigInt(cents) });

/** Compares values whatever their classes are. */
const text = (value: unknown) => JSON.stringify(value, (_, part) => (typeof part === "bigint" ? `${part}n` : part));

function shop(eventStore = new MemoryEventStore()) {
  const domain = new Domain("shop", { root: "/", eventStore, config: { snapshot_threshold: 0 } });

  @domain.event({ partOf: "Order" })
  class Paid extends DomainEvent({ payment, others: z.array(payment).default([]) }) {}

  @domain.aggregate({ eventSourced: true, factEvents: true })
  class Order extends Aggregate({
    payment: payment.optional(),
    others: z.array(payment).default([]),
    byName: z.record(z.string(), payment).default({}),
    cards: hasMany(Card),
  }) {
    @apply(Paid)
    onPaid({ payment, others }: Paid): void {
      this.payment = payment;
      this.others.push(...others);
      this.byName[payment.kind] = payment.kind === "card" ? { kind: "never", reason: "card" } : payment;
    }
  }
  return { domain, Paid, Order };
}

const PAYMENTS: readonly (readonly [string, () => Payment, object])[] = [
  ["a value object", () => ({ kind: "cash", amount: eur(5) }), { kind: "cash", amount: { cents: "5" } }],
  [
    "an entity",
    () => ({ kind: "card", card: new Card({ id: "c-1", holder: "Ann", limit: eur(9) }), at: new Date(0), extra: 1n }),
    {
      kind: "card",
      card: { id: "c-1", holder: "Ann", limit: { cents: "9" } },
      at: { $date: "1970-01-01T00:00:00.000Z" },
      extra: { $bigint: "1" },
    },
  ],
  ["neither, in a nested union", () => ({ kind: "later", reason: "broke" }), { kind: "later", reason: "broke" }],
  [
    "the union itself",
    () => ({
      kind: "split",
      parts: [
        { kind: "cash", amount: eur(1) },
        { kind: "never", reason: "x" },
      ],
    }),
    {
      kind: "split",
      parts: [
        { kind: "cash", amount: { cents: "1" } },
        { kind: "never", reason: "x" },
      ],
    },
  ],
];

describe("a variant of a discriminated union", () => {
  it.each(PAYMENTS)("that holds %s comes back from events, snapshots and facts as it was", async (_, pay, stored) => {
    const { domain, Paid, Order } = shop();
    await domain.init();
    const orders = domain.repositoryFor(Order);
    const order = Order.createNew({ id: "1" });
    order.raise(new Paid({ payment: pay(), others: [{ kind: "cash", amount: eur(7) }] }));
    await orders.add(order);
    expect((await domain.eventStore.readLast("shop::order-1"))?.data.payment).toEqual(stored);
    const replayed = await orders.get("1");
    expect(replayed.payment).toStrictEqual(pay());
    expect(replayed.others[0]).toEqual({ kind: "cash", amount: eur(7) });
    expect((replayed.others[0] as { amount: Money }).amount).toBeInstanceOf(Money);
    await domain.createSnapshot(Order, "1");
    expect({ ...(await orders.get("1")) }).toEqual({ ...replayed });
    expect(await domain.snapshotsFor(Order).verify("1")).toMatchObject({ outcome: "equal" });
    expect(text((await domain.factsFor(Order).latest("1"))?.state.payment)).toBe(text(replayed.payment));
    await domain.close();
  });

  it("makes instances of plain input, and is checked like any other field", () => {
    const { Paid } = shop();
    const paid = new Paid({ payment: { kind: "cash", amount: { cents: 5n } } });
    expect(paid.payment).toEqual({ kind: "cash", amount: eur(5) });
    expect((paid.payment as { amount: Money }).amount).toBeInstanceOf(Money);
    expect(() => new Paid({ payment: { kind: "cash", amount: { cents: "x" } } as never })).toThrow(ValidationError);
    expect(() => new Paid({ payment: { kind: "gold" } as never })).toThrow(ValidationError);
  });

  it("owns its entities, which no other place may hold", async () => {
    const { domain, Paid, Order } = shop();
    await domain.init();
    const order = Order.createNew({ id: "1" });
    const same = new Card({ id: "c-1", holder: "Ann" });
    order.raise(new Paid({ payment: { kind: "card", card: same, at: new Date(0) } }));
    const held = order.payment as { card: Card };
    expect(held.card).toEqual(same);
    expect(() => held.card.raise(new Paid({ payment: { kind: "never", reason: "x" } }))).not.toThrow();
    expect(order.version).toBe(1);
    await domain.close();
  });

  it("changes the fingerprint with what it holds", () => {
    const fingerprintWith = (variant: z.ZodObject<{ kind: z.ZodLiteral<string> }>) =>
      (
        Aggregate({ it: z.discriminatedUnion("kind", [variant, none]) }) as unknown as {
          shape: { fingerprint: string };
        }
      ).shape.fingerprint;
    const other = z.object({ kind: z.literal("cash"), amount: entity(Card) });
    expect(fingerprintWith(cash as never)).toBe(fingerprintWith(cash as never));
    expect(fingerprintWith(cash as never)).not.toBe(fingerprintWith(other as never));
  });

  it("reads what was stored before another variant had a value object, dates and bigints too", () => {
    const dated = z.object({ kind: z.literal("dated"), at: z.date(), count: z.bigint().optional() });
    const plain = z.object({ kind: z.literal("plain"), amount: z.number() });
    const before = DomainEvent({ it: z.discriminatedUnion("kind", [dated, plain]) });
    const withMoney = z.object({ kind: z.literal("plain"), amount: z.number(), price: valueObject(Money).optional() });
    const after = DomainEvent({ it: z.discriminatedUnion("kind", [dated, withMoney]) });
    for (const it of [{ kind: "dated", at: new Date(5), count: 7n } as const, { kind: "plain", amount: 1 } as const]) {
      const stored = JSON.parse(JSON.stringify(before.shape.encode({ ...new before({ it }) })));
      expect(after.shape.decode(structuredClone(stored))).toEqual({ it });
      expect(after.shape.encode({ ...new after({ it }) })).toEqual(stored);
    }
  });

  it("is known by a bigint, too", () => {
    const Big = DomainEvent({
      it: z.discriminatedUnion("n", [z.object({ n: z.literal(1n), amount: valueObject(Money) })]),
    });
    const made = new Big({ it: { n: 1n, amount: eur(3) } });
    expect(Big.shape.decode(JSON.parse(JSON.stringify(Big.shape.encode({ ...made }))))).toEqual({ ...made });
  });

  it("needs a union that goes by its discriminator alone", () => {
    const loose = z.discriminatedUnion("kind", [cash, none], { unionFallback: true });
    expect(() => Aggregate({ loose })).toThrow("Money cannot be one of several types");
  });
});
