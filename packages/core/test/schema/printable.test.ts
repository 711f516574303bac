import { tmpdir } from "node:os";

import { z } from "zod";

import {
  Aggregate,
  apply,
  Command,
  Domain,
  DomainEvent,
  decimal,
  Entity,
  hasMany,
  hasOne,
  MemoryEventStore,
  ValueObject,
  valueObject,
} from "../../src/index";

const BIG = 9_007_199_254_740_993n;

class Money extends ValueObject({ cents: z.bigint(), parts: z.array(z.bigint()) }) {}
class Line extends Entity({ price: valueObject(Money), count: z.bigint().optional() }) {}

const fields = {
  count: z.bigint(),
  counts: z.array(z.object({ of: z.record(z.string(), z.bigint()) })),
  at: z.date(),
  rate: decimal(),
  extra: z.any(),
  price: valueObject(Money),
  line: hasOne(Line),
};

const values = {
  count: BIG,
  counts: [{ of: { a: BIG } }],
  at: new Date(5),
  rate: "0.10",
  extra: { deep: [BIG] },
  price: { cents: BIG, parts: [BIG] },
  line: { id: "l", price: { cents: 1n, parts: [] }, count: 2n },
};

const printed = {
  count: "9007199254740993",
  counts: [{ of: { a: "9007199254740993" } }],
  at: "1970-01-01T00:00:00.005Z",
  rate: "0.1",
  extra: { deep: ["9007199254740993"] },
  price: { cents: "9007199254740993", parts: ["9007199254740993"] },
  line: { id: "l", price: { cents: "1", parts: [] }, count: "2" },
};

async function openShop() {
  const domain = new Domain("shop", { root: tmpdir(), eventStore: new MemoryEventStore() });
  @domain.event({ partOf: "Till" })
  class Paid extends DomainEvent(fields) {}
  @domain.aggregate({ eventSourced: true, factEvents: true })
  class Till extends Aggregate({ ...fields, lines: hasMany(Line) }) {
    @apply(Paid)
    onPaid(event: Paid): void {
      Object.assign(this, event);
      if (event.line !== undefined) this.lines.add({ ...event.line, id: "m" });
    }
  }
  @domain.command({ partOf: Till })
  class Pay extends Command(fields) {}
  await domain.init();
  return { domain, Till, Paid, Pay };
}

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("JSON.stringify writes bigints as their digits", () => {
  it("of events, raised and read, and of commands", async () => {
    const { domain, Till, Paid, Pay } = await openShop();
    expect(asJson(new Pay(values))).toEqual(printed);
    const paid = new Paid(values);
    expect(asJson(paid)).toEqual(printed);
    const till = Till.createNew({ id: "1" });
    till.raise(paid);
    await domain.repositoryFor(Till).add(till);
    const recorded = await domain.eventStore.readLast("shop::till-1");
    expect(asJson(recorded && domain.eventFrom(recorded))).toEqual(printed);
    expect(paid.count).toBe(BIG);
  });

  it("of aggregates with their parts, raised and loaded, and of facts", async () => {
    const { domain, Till, Paid } = await openShop();
    const till = Till.createNew({ id: "1" });
    till.raise(new Paid(values));
    await domain.repositoryFor(Till).add(till);
    const state = { ...printed, lines: [{ ...printed.line, id: "m" }] };
    expect(asJson(till)).toEqual({ id: "1", ...state });
    expect(asJson(await domain.repositoryFor(Till).get("1"))).toEqual({ id: "1", ...state });
    const fact = await domain.factsFor(Till).latest("1");
    expect(asJson(fact)).toMatchObject({ id: "1", version: 0, state });
    expect(asJson(fact?.state)).toEqual(state);
    expect(fact?.state.count).toBe(BIG);
    expect(Object.keys(fact?.state ?? {}).sort()).toEqual(Object.keys(state).sort());
    expect(Object.isFrozen(fact?.state)).toBe(true);
    expect(till.count).toBe(BIG);
  });

  it("and toJSON() leaves everything else as it is", () => {
    class Plain extends ValueObject({ at: z.date(), tags: z.array(z.string()) }) {}
    const plain = new Plain({ at: new Date(5), tags: ["a"] });
    expect(plain.toJSON()).toStrictEqual({ at: new Date(5), tags: ["a"] });
    expect(plain.toJSON().tags).toBe(plain.tags);
    const cents: string = new Money({ cents: 5n, parts: [] }).toJSON().cents;
    expect(cents).toBe("5");
  });
});
