import { tmpdir } from "node:os";
import { setImmediate } from "node:timers/promises";

import { z } from "zod";

import {
  Aggregate,
  anyOf,
  apply,
  Domain,
  DomainEvent,
  type DomainOptions,
  Entity,
  hasMany,
  invariant,
  MemoryEventStore,
  ValueObject,
} from "../../src/index";

/** As a compiler for ES2016 writes an async function: its kind does not show that it returns a promise. */
const failing = (): Promise<never> => Promise.reject(new Error("too late"));

/** What libraries return in the place of a promise. */
const foreign = () => {
  const answers: unknown[] = [];
  // biome-ignore lint/suspicious/noThenProperty: this is what is tested
  return { answers, then: (...handlers: unknown[]) => void answers.push(handlers) };
};

/** The compiler refuses an invariant that returns anything. */
const pre = invariant.pre as (...place: any[]) => void;
const post = invariant.post as (...place: any[]) => void;

/** A till whose user code returns what the test decides. */
async function openTill(options: DomainOptions = {}) {
  const eventStore = new MemoryEventStore();
  const domain = new Domain("shop", { root: tmpdir(), eventStore, ...options });
  const returned: Record<"apply" | "pre" | "post" | "ofEntity" | "ofAmount", () => unknown> = {
    apply: () => undefined,
    pre: () => undefined,
    post: () => undefined,
    ofEntity: () => undefined,
    ofAmount: () => undefined,
  };

  class Amount extends ValueObject({ cents: z.int() }) {
    @post
    isFair(): unknown {
      return returned.ofAmount();
    }
  }
  class Receipt extends Entity({ text: z.string() }) {
    @post
    isReadable(): unknown {
      return returned.ofEntity();
    }
  }
  @domain.event({ partOf: "Till" })
  class Paid extends DomainEvent({ amount: z.number() }) {}
  @domain.aggregate({ eventSourced: true })
  class Till extends Aggregate({ sum: z.number().default(0), receipts: hasMany(Receipt) }) {
    @pre
    isOpen(): unknown {
      return returned.pre();
    }

    @post
    isBalanced(): unknown {
      return returned.post();
    }

    @apply(Paid)
    onPaid({ amount }: Paid): unknown {
      this.sum += amount;
      this.receipts.add({ id: `r-${this.version + 1}`, text: "thank you" });
      return returned.apply();
    }
  }
  return { domain, eventStore, returned, Till, Paid, Amount };
}

async function stored(domain: Domain): Promise<string[]> {
  const types: string[] = [];
  for await (const { type } of domain.eventStore.readAll()) types.push(type);
  return types;
}

describe("a promise", () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  beforeAll(() => void process.on("unhandledRejection", note));
  afterAll(() => void process.off("unhandledRejection", note));
  afterEach(async () => {
    await setImmediate();
    expect(unhandled.splice(0)).toEqual([]);
  });

  it.each([
    ["apply", "Till.onPaid returned a promise: an @apply method only assigns state, and nothing waits for it"],
    ["pre", "Till.isOpen returned a promise: an invariant throws at once, and nothing waits for it"],
    ["post", "Till.isBalanced returned a promise: an invariant throws at once, and nothing waits for it"],
    ["ofEntity", "Receipt.isReadable returned a promise: an invariant throws at once, and nothing waits for it"],
  ] as const)("from %s refuses the event, and nothing is stored", async (place, message) => {
    const { domain, returned, Till, Paid } = await openTill();
    await domain.init();
    const till = Till.createNew({ id: "1" });
    till.raise(new Paid({ amount: 1 }));
    returned[place] = failing;
    expect(() => till.raise(new Paid({ amount: 2 }))).toThrow(
      expect.objectContaining({ code: "INCORRECT_USAGE", message, details: { source: message.split(" ")[0] } }),
    );
    await expect(domain.repositoryFor(Till).add(till)).rejects.toThrow(`refused a change (${message})`);
    expect(await stored(domain)).toEqual([]);
  });

  it("of a library is recognised, and nothing asks for its value", async () => {
    const { returned, Till, Paid } = await openTill();
    const promise = foreign();
    returned.apply = () => promise;
    expect(() => Till.createNew().raise(new Paid({ amount: 2 }))).toThrow("Till.onPaid returned a promise");
    expect(promise.answers).toEqual([]);
  });

  it("from an invariant of a value object refuses the value", async () => {
    const { returned, Amount } = await openTill();
    const five = new Amount({ cents: 5 });
    returned.ofAmount = failing;
    expect(() => new Amount({ cents: 5 })).toThrow("Amount.isFair returned a promise");
    expect(() => five.with({ cents: 6 })).toThrow("Amount.isFair returned a promise");
  });

  it("from @apply fails a replay, whose state would be that before the event", async () => {
    const { domain, returned, Till, Paid } = await openTill();
    await domain.init();
    const till = Till.createNew({ id: "1" });
    till.raise(new Paid({ amount: 1 }));
    await domain.repositoryFor(Till).add(till);
    returned.apply = failing;
    await expect(domain.repositoryFor(Till).get("1")).rejects.toMatchObject({
      code: "INCORRECT_USAGE",
      message: "Till.onPaid returned a promise: an @apply method only assigns state, and nothing waits for it",
    });
  });

  it("is no other value: @apply may return what an assignment gives", async () => {
    const { domain, returned, Till, Paid } = await openTill();
    await domain.init();
    returned.apply = () => ({ anything: null });
    const till = Till.createNew({ id: "1" });
    till.raise(new Paid({ amount: 1 }));
    await domain.repositoryFor(Till).add(till);
    expect((await domain.repositoryFor(Till).get("1")).sum).toBe(1);
  });

  it("from an upcaster is an event that cannot be read", async () => {
    const eventStore = new MemoryEventStore();
    const domain = new Domain("shop", { root: tmpdir(), eventStore });
    @domain.event({ partOf: "Till", version: 2 })
    class Paid extends DomainEvent({ cents: z.int() }) {}
    @domain.aggregate({ eventSourced: true })
    class Till extends Aggregate({ sum: z.number().default(0) }) {
      @apply(Paid)
      onPaid({ cents }: Paid): void {
        this.sum += cents;
      }
    }
    @domain.upcaster({ event: Paid, from: 1, to: 2 })
    class InCents {
      upcast(): Record<string, unknown> {
        return failing() as never;
      }
    }
    await domain.init();
    await domain.eventStore.append([{ stream: "shop::till-1", events: [{ type: "Shop.Paid.v1", data: {} }] }]);
    await expect(domain.repositoryFor(Till).get("1")).rejects.toThrow(
      "InCents returned a promise in the place of the event's data",
    );
    expect(InCents).toBeDefined();
  });

  it("from a snapshot migration makes the snapshot unusable", async () => {
    const eventStore = new MemoryEventStore();
    const tillOf = (schemaVersion: number) => {
      const warnings: string[] = [];
      const logger = { warn: (message: string) => void warnings.push(message) };
      const domain = new Domain("shop", { root: tmpdir(), eventStore, logger });
      @domain.event({ partOf: "Till" })
      class Paid extends DomainEvent({ cents: z.int() }) {}
      @domain.aggregate({ eventSourced: true, schemaVersion })
      class Till extends Aggregate({ sum: z.number().default(0) }) {
        @apply(Paid)
        onPaid({ cents }: Paid): void {
          this.sum += cents;
        }
      }
      if (schemaVersion > 1) {
        @domain.snapshotMigration({ aggregate: Till, from: 1, to: 2 })
        class Migration {
          migrate(): Record<string, unknown> {
            return failing() as never;
          }
        }
        expect(Migration).toBeDefined();
      }
      return { domain, Till, Paid, warnings };
    };
    const older = tillOf(1);
    await older.domain.init();
    const till = older.Till.createNew({ id: "1" });
    till.raise(new older.Paid({ cents: 5 }));
    await older.domain.repositoryFor(older.Till).add(till);
    await older.domain.createSnapshot(older.Till, "1");
    const { domain, Till, warnings } = tillOf(2);
    await domain.init();
    expect((await domain.repositoryFor(Till).get("1")).sum).toBe(5);
    expect(warnings.join()).toContain("Migration returned a promise in the place of a state");
  });

  it.each([
    ["a strategy", (when: () => boolean) => when],
    ["a strategy among others", (when: () => boolean) => anyOf(when)],
  ])("from %s writes no snapshot, and says so", async (_name, strategyOf) => {
    const warnings: string[] = [];
    const logger = { warn: (message: string) => void warnings.push(message) };
    const domain = new Domain("shop", { root: tmpdir(), eventStore: new MemoryEventStore(), logger });
    @domain.event({ partOf: "Till" })
    class Paid extends DomainEvent({}) {}
    @domain.aggregate({
      eventSourced: true,
      snapshot: {
        when: strategyOf(function onFridays() {
          return failing() as never;
        }),
      },
    })
    class Till extends Aggregate({}) {
      @apply(Paid)
      onPaid(_event: Paid): void {}
    }
    await domain.init();
    const till = Till.createNew({ id: "1" });
    till.raise(new Paid());
    await domain.repositoryFor(Till).add(till);
    expect(await domain.snapshotsFor(Till).exists("1")).toBe(false);
    expect(warnings.join()).toContain("The snapshot strategy onFridays of Till returned a promise");
  });

  it.each([
    ["clock", { clock: { now: failing as never } }, "now() returns a valid Date, found a promise"],
    ["ids", { ids: { next: failing as never } }, "found a promise"],
  ])("from the option %s fails the save", async (_option, options, message) => {
    const { domain, Till, Paid } = await openTill(options);
    await domain.init();
    const till = Till.createNew({ id: "1" });
    till.raise(new Paid({ amount: 1 }));
    await expect(domain.repositoryFor(Till).add(till)).rejects.toThrow(message);
    expect(await stored(domain)).toEqual([]);
  });

  it("from an enricher fails the save", async () => {
    const { domain, Till, Paid } = await openTill();
    domain.enrichEvents(() => foreign() as never);
    await domain.init();
    const till = Till.createNew({ id: "1" });
    till.raise(new Paid({ amount: 1 }));
    await expect(domain.repositoryFor(Till).add(till)).rejects.toThrow("returned a promise for Shop.Paid.v1");
  });

  it("from a listener of appends may fail", async () => {
    const { domain, eventStore, Till, Paid } = await openTill();
    await domain.init();
    let isCalled = false;
    eventStore.log.onAppend?.(() => {
      isCalled = true;
      return failing() as never;
    });
    const till = Till.createNew({ id: "1" });
    till.raise(new Paid({ amount: 1 }));
    await domain.repositoryFor(Till).add(till);
    await setImmediate();
    expect(isCalled).toBe(true);
  });
});
