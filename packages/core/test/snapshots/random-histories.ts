import fc from "fast-check";

import {
  afterEvents,
  allOf,
  anyOf,
  type ConfigInput,
  type EventStoreAdapter,
  every,
  interval,
  type SnapshotStrategy,
  whenReplayTakes,
} from "../../src/index";
import { expectedState, versionedAccount } from "./versioned-account";

/** A store to run random histories on, and on which an application can be started again. */
export interface HistoryStore {
  open(): EventStoreAdapter;
  dispose(): Promise<void>;
}

const numeric = { min: 1, max: 6 };

const strategy: fc.Arbitrary<StrategyName[]> = fc.array(
  fc.constantFrom("every", "interval", "afterEvents", "whenReplayTakes"),
  { minLength: 1, maxLength: 3 },
);
type StrategyName = "every" | "interval" | "afterEvents" | "whenReplayTakes";

const version = fc.record({
  schemaVersion: fc.constantFrom(1 as const, 2 as const, 3 as const),
  withMigrations: fc.boolean(),
  mode: fc.constantFrom("sync" as const, "background" as const, "manual" as const),
  on: fc.subarray(["save", "load"] as const),
  keep: fc.integer({ min: 1, max: 3 }),
  threshold: fc.integer({ min: 0, max: 6 }),
  minEvents: fc.integer({ min: 0, max: 6 }),
  strategies: fc.option(fc.record({ names: strategy, all: fc.boolean(), count: fc.integer(numeric) })),
  compress_above: fc.constantFrom(0, 50, 1_024),
  /** How many aggregates are cached: with one, the two take turns. */
  cached: fc.constantFrom(0, 1, 2),
});
type Version = typeof version extends fc.Arbitrary<infer V> ? V : never;

const id = fc.constantFrom("1", "2");
const corruption = fc.constantFrom(
  "state" as const,
  "checksum" as const,
  "ahead" as const,
  "other-event" as const,
  "garbage" as const,
  "copy-of-other" as const,
);

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("save" as const), id, amounts: amounts(8) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("load" as const), id }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("load-earlier" as const), id, back: fc.nat(10) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("snapshot" as const), id, rebuild: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("corrupt" as const), id, how: corruption }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("prune" as const), keep: fc.integer({ min: 1, max: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("forget" as const), id }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("restart" as const), version }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function amounts(maxLength: number): fc.Arbitrary<number[]> {
  return fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1, maxLength });
}

/** Whatever the history, policies, migrations, corruptions and restarts: every load equals the full replay. */
export async function everyLoadEqualsTheReplay(openStore: () => HistoryStore, numRuns: number): Promise<void> {
  const property = fc.asyncProperty(
    version,
    fc.array(step, { minLength: 5, maxLength: 30 }),
    async (first: Version, steps: Step[]) => {
      const store = openStore();
      const history = new History(store, first);
      try {
        await history.start();
        for (const each of steps) await history.take(each);
        await history.finish();
      } finally {
        await store.dispose();
      }
    },
  );
  await fc.assert(property, { numRuns, endOnFailure: false });
}

class History {
  private readonly deposits = new Map<string, number[]>();
  private corrupted = false;
  private application!: ReturnType<typeof versionedAccount>;

  constructor(
    private readonly store: HistoryStore,
    private version: Version,
  ) {}

  async start(): Promise<void> {
    const { schemaVersion, withMigrations, ...settings } = this.version;
    this.application = versionedAccount({
      eventStore: this.store.open(),
      schemaVersion,
      withMigrations,
      snapshot: ({ Deposited }) => ({
        minEvents: settings.minEvents,
        ...(settings.strategies === null
          ? { threshold: settings.threshold }
          : { when: strategyOf(settings.strategies, Deposited) }),
      }),
      config: configOf(this.version),
      // A snapshot that is sound is never complained of.
      warn: (message) => expect([this.corrupted, message]).toEqual([true, message]),
    });
    await this.application.domain.init();
  }

  async finish(): Promise<void> {
    for (const each of this.deposits.keys()) await this.take({ do: "load", id: each as "1" });
    await this.application.domain.close();
  }

  async take(step: Step): Promise<void> {
    const { domain, Account } = this.application;
    const accounts = domain.repositoryFor(Account);
    const snapshots = domain.snapshotsFor(Account);
    if (step.do === "restart") {
      await domain.close();
      this.version = step.version;
      return await this.start();
    }
    if (step.do === "prune") return void (await snapshots.prune(step));
    const known = this.deposits.get(step.id);
    if (step.do === "save") {
      if (known === undefined) {
        await accounts.add(Account.open(step.id));
        this.deposits.set(step.id, []);
      }
      await accounts.update(step.id, (account) => account.deposit(step.amounts));
      this.deposits.get(step.id)?.push(...step.amounts);
    } else if (known === undefined) expect(await accounts.find(step.id)).toBeUndefined();
    else if (step.do === "load") this.check(await accounts.get(step.id), known);
    else if (step.do === "load-earlier") {
      const atVersion = Math.max(known.length - step.back, 0);
      this.check(await accounts.get(step.id, { atVersion }), known.slice(0, atVersion));
    } else if (step.do === "snapshot") await domain.createSnapshot(Account, step.id, step);
    else if (step.do === "forget") await snapshots.delete(step.id);
    else await this.corrupt(step.id, step.how);
  }

  private check(account: typeof this.application.Account.prototype, amounts: readonly number[]): void {
    expect({ ...account }).toEqual(expectedState(this.version.schemaVersion, amounts));
    expect(account.version).toBe(amounts.length);
  }

  private async corrupt(id: string, how: typeof corruption extends fc.Arbitrary<infer C> ? C : never): Promise<void> {
    const { eventStore } = this.application.domain;
    await this.application.domain.drainSnapshots();
    const stream = `property::account:snapshot-${id}`;
    const other = await eventStore.readLast(`property::account:snapshot-${id === "1" ? "2" : "1"}`);
    const snapshot = (await eventStore.readLast(stream))?.data;
    const forged = {
      state: { ...snapshot, state: { ...snapshot?.state, balance: 1e9, total: 1e9 } },
      checksum: { ...snapshot, checksum: 0 },
      ahead: { ...snapshot, version: 1_000 },
      "other-event": { ...snapshot, lastEventId: "nobody's" },
      garbage: { schemaVersion: this.version.schemaVersion, encoding: "json", state: [] },
      "copy-of-other": other?.data ?? {},
    }[how];
    this.corrupted = true;
    await eventStore.append([{ stream, events: [{ type: "SNAPSHOT", data: forged }] }]);
  }
}

function configOf({ mode, on, keep, threshold, compress_above, cached }: Version): ConfigInput {
  return {
    snapshot_threshold: threshold,
    cache: { max_aggregates: cached },
    snapshots: { mode, on: [...on], keep, compress_above },
  };
}

function strategyOf(
  { names, all, count }: NonNullable<Version["strategies"]>,
  Deposited: abstract new (...values: never[]) => object,
): SnapshotStrategy {
  const made: Record<StrategyName, SnapshotStrategy> = {
    every: every(count),
    interval: interval({ seconds: count / 1_000 }),
    afterEvents: afterEvents(Deposited as never),
    whenReplayTakes: whenReplayTakes(count / 100),
  };
  const [first, ...others] = names.map((name) => made[name]) as [SnapshotStrategy, ...SnapshotStrategy[]];
  return all ? allOf(first, ...others) : anyOf(first, ...others);
}
