import { z } from "zod";

import { Aggregate, type AggregateOptions, apply, Domain, DomainEvent, MemoryEventStore } from "../../src/index";

interface ShopOptions {
  readonly schemaVersion: 1 | 2;
  readonly withMigration?: boolean;
}

/** Tills whose second schema counts what they hold in cents. */
async function shop(eventStore: MemoryEventStore, { schemaVersion, withMigration = false }: ShopOptions) {
  const domain = new Domain("shop", { root: "/", eventStore });

  @domain.event({ partOf: "Till" })
  class Filled extends DomainEvent({ euros: z.number() }) {}

  const options: AggregateOptions = { eventSourced: true, factEvents: true, schemaVersion };
  const fields = schemaVersion === 1 ? { euros: z.number().default(0) } : { cents: z.bigint().default(0n) };

  @domain.aggregate(options)
  class Till extends Aggregate(fields as { euros: z.ZodDefault<z.ZodNumber>; cents: z.ZodDefault<z.ZodBigInt> }) {
    @apply(Filled)
    onFilled({ euros }: Filled): void {
      if (schemaVersion === 1) this.euros += euros;
      else this.cents += BigInt(euros * 100);
    }
  }

  if (withMigration) {
    @domain.snapshotMigration({ aggregate: Till, from: 1, to: 2 })
    class EurosAreCents {
      migrate({ euros }: Record<string, any>) {
        return { cents: String(euros * 100) };
      }
    }
    expect(EurosAreCents).toBeDefined();
  }
  await domain.init();
  const fill = async (id: string, euros: number) => {
    const till = (await domain.repositoryFor(Till).find(id)) ?? Till.createNew({ id });
    till.raise(new Filled({ euros }));
    await domain.repositoryFor(Till).add(till);
  };
  return { domain, Till, fill, facts: domain.factsFor(Till) };
}

describe("facts of an older schema", () => {
  it("are carried over by the aggregate's snapshot migrations, and stay stored as they are", async () => {
    const eventStore = new MemoryEventStore();
    await (await shop(eventStore, { schemaVersion: 1 })).fill("1", 3);
    const { domain, facts, fill } = await shop(eventStore, { schemaVersion: 2, withMigration: true });
    expect((await facts.latest("1"))?.state).toEqual({ cents: 300n });
    await fill("1", 4);
    const states: unknown[] = [];
    for await (const { version, state } of facts.read("1")) states.push([version, state]);
    expect(states).toEqual([
      [0, { cents: 300n }],
      [1, { cents: 700n }],
    ]);
    const stored: unknown[] = [];
    for await (const { type, data } of domain.eventStore.read("shop::till:fact-1")) stored.push([type, data]);
    expect(stored).toEqual([
      ["Shop.TillFact.v1", { id: "1", version: 0, euros: 3 }],
      ["Shop.TillFact.v2", { id: "1", version: 1, cents: "700" }],
    ]);
  });

  it("that no migration leads on from are an error", async () => {
    const eventStore = new MemoryEventStore();
    await (await shop(eventStore, { schemaVersion: 1 })).fill("1", 3);
    const { facts } = await shop(eventStore, { schemaVersion: 2 });
    await expect(facts.latest("1")).rejects.toMatchObject({
      code: "DESERIALIZATION_FAILED",
      message:
        'Cannot read position 0 of stream "shop::till:fact-1": it is not a state of Till: no migration leads on from schema version 1',
      details: { type: "Shop.TillFact.v1" },
    });
  });
});

describe("a fact that is no state of its aggregate", () => {
  it.each([
    ["of another shape", "Shop.TillFact.v1", { euros: "3" }, "a fact of schema version 1 is not valid: euros:"],
    ["of no fact type", "Strange", { euros: 3 }, "no migration leads on from schema version 0"],
  ])("is an error: %s", async (_, type, state, reason) => {
    const eventStore = new MemoryEventStore();
    const { domain, facts } = await shop(eventStore, { schemaVersion: 1 });
    const data = { id: "1", version: 0, ...state };
    await domain.eventStore.append([{ stream: "shop::till:fact-1", events: [{ type, data }] }]);
    await expect(facts.latest("1")).rejects.toThrow(`it is not a state of Till: ${reason}`);
  });
});

describe("factsFor", () => {
  it("refuses an id that no store could keep", async () => {
    const { facts } = await shop(new MemoryEventStore(), { schemaVersion: 1 });
    await expect(facts.latest("")).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
  });
});
