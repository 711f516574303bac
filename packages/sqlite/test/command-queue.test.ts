import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

import { MemoryEventStore } from "@tidemark/core";
import type { NewQueueEntry, Operation, OperationStores, QueueEntry, QueueEntryState } from "@tidemark/core/adapter";

import { sqliteStore } from "./driver-under-test";
import { temporaryFolder } from "./temporary-folder";

const LANES = ["default", "mail", "\u{1f600}"];
const STATES: readonly QueueEntryState[] = ["waiting", "parked", "done", "refused", "expired", "cancelled"];
const WORKERS = ["worker-1", "worker-2"];
const IDS = Array.from({ length: 24 }, (_, n) => ["a", "A", "\ufb01", "\u{1f600}", "z"][n % 5]! + n);

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Step = (stores: OperationStores) => unknown;

/** Steps of a random history, with few ids, lines, moments and priorities: they meet often. */
class RandomHistory {
  private readonly random;

  constructor(
    seed: number,
    /** The moments lie behind it: claims have run out by the clock of the store, or run for long. */
    private readonly start: number,
  ) {
    this.random = randomNumbers(seed);
  }

  /** @param current what is stored: most steps know it. */
  step(current: readonly QueueEntry[]): Step {
    const some = this.oneOf([
      () => this.enqueued(),
      () => this.enqueued(),
      () => this.claimed(),
      () => this.claimed(),
      () => this.settled(current),
      () => this.settled(current),
      () => this.extended(),
      () => this.released(),
      () => this.forgotten(),
    ]);
    return some();
  }

  private enqueued(): Step {
    const operations = this.some(IDS, 3).map((id): Operation => {
      const line = this.oneOf([undefined, "line-1", "line-2", "line-3"]);
      const entry: NewQueueEntry = {
        id,
        lane: this.oneOf(LANES),
        type: this.oneOf(["Bank.Pay.v1", "Bank.Close.v1"]),
        priority: this.below(3) - 1,
        due: { at: this.moment() },
        ...(this.below(2) === 0 && { expires: { at: this.moment() } }),
        ...(line !== undefined && { line }),
        number: line === undefined ? 0 : this.below(6),
        data: `{"n":${this.below(100)}}`,
      };
      return { kind: "enqueue", entry, replaces: this.below(3) === 0 };
    });
    return (stores) => stores.flush(operations);
  }

  private claimed(): Step {
    const limit = this.below(6);
    const claim = {
      worker: this.oneOf(WORKERS),
      lanes: this.some(LANES, 3),
      limit,
      oldest: this.below(limit + 1),
      claimMs: this.below(8),
      now: this.moment(),
    };
    return (stores) => stores.commandQueue.claim(claim);
  }

  private settled(current: readonly QueueEntry[]): Step {
    const operations = this.some(current, 2).map(({ id, revision }): Operation => {
      const due = this.oneOf([undefined, { at: this.moment() }]);
      const outcome = this.oneOf([undefined, `{"result":${this.below(9)}}`]);
      const change = {
        state: this.oneOf(STATES),
        attempts: this.below(4),
        ...(this.below(4) === 0 && { claims: this.below(3) }),
        ...(due && { due }),
        ...(outcome && { outcome }),
        ...(this.below(4) === 0 && { claims: this.below(3) }),
      };
      const expected = this.below(8) === 0 ? revision + 1 : revision;
      return { kind: "settleEntry", id, expected, change: this.below(4) === 0 ? undefined : change };
    });
    return (stores) => stores.flush(operations);
  }

  private extended(): Step {
    const extension = { worker: this.oneOf(WORKERS), ids: this.some(IDS, 12), claimMs: 8, now: this.moment() };
    return (stores) => stores.commandQueue.extend(extension);
  }

  private released(): Step {
    const [worker, ids] = [this.oneOf(WORKERS), this.some(IDS, 12)];
    return (stores) => stores.commandQueue.release(worker, ids);
  }

  private forgotten(): Step {
    const before = this.below(4) === 0 ? Number.MAX_SAFE_INTEGER : 0;
    return (stores) => stores.commandQueue.forget(before, 100);
  }

  moment(): number {
    return this.start + this.below(20);
  }

  below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  oneOf<T>(all: readonly T[]): T {
    return all[this.below(all.length)]!;
  }

  /** Up to `most` of them, each once. */
  some<T>(all: readonly T[], most: number): readonly T[] {
    return [...new Set(Array.from({ length: this.below(most + 1) }, () => this.oneOf(all)))].filter(
      (each) => each !== undefined,
    );
  }
}

/** What a step gives or is refused with. Two clocks differ in the moments at which entries were finished. */
async function outcomeOf(step: Step, stores: OperationStores): Promise<unknown> {
  try {
    return comparable(await step(stores));
  } catch (error) {
    const { code, details } = error as { readonly code: string; readonly details: object };
    return { code, details };
  }
}

function comparable(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value ?? null, (key, each) => (key === "finishedAt" ? typeof each : each), 0),
    (_, each) => (typeof each === "object" && each !== null && !Array.isArray(each) ? sorted(each) : each),
  );
}

function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const all = { limit: 100 };

const HISTORIES = process.env.TIDEMARK_TEST === "full" ? 200 : 20;

it.each([
  ["have run out", 1_000],
  ["run for long", Date.now() + 1_000_000_000],
])(`keeps the queue of commands as memory does, in ${HISTORIES} random histories whose claims %s`, async (_, start) => {
  const store = sqliteStore({ path: join(temporaryFolder(), "queue.db"), synchronous: "normal" });
  await store.open();
  let claims = 0;
  for (let seed = 1; seed <= HISTORIES; seed++) {
    const history = new RandomHistory(seed, start);
    const { operations: memory } = new MemoryEventStore();
    for (let n = 0; n < 60; n++) {
      const step = history.step(await memory.commandQueue.list(all));
      const [now, lane, state] = [history.moment(), history.oneOf(LANES), history.oneOf(STATES)];
      const look: Step = async ({ commandQueue }) => [
        await commandQueue.list(all),
        await commandQueue.counts(),
        await commandQueue.overdue(now),
        await commandQueue.untilNext([lane, "mail"], now),
        await commandQueue.overdue(now),
        await commandQueue.list({ states: [state, "waiting"], lanes: [lane], limit: 3 }),
        await commandQueue.list({ ...all, line: "line-1", after: "b", types: ["Bank.Pay.v1"] }),
        await commandQueue.find("a0"),
      ];
      const seen = async (stores: OperationStores) => [await outcomeOf(step, stores), await outcomeOf(look, stores)];
      const [expected, actual] = [await seen(memory), await seen(store.operations)];
      if (!isDeepStrictEqual(actual, expected)) expect({ seed, n, actual }).toEqual({ seed, n, actual: expected });
    }
    const left = await store.operations.commandQueue.list(all);
    claims += left.reduce((sum, entry) => sum + entry.claims, 0);
    await store.operations.flush(
      left.map(({ id, revision }): Operation => ({ kind: "settleEntry", id, expected: revision })),
    );
    expect(await store.operations.commandQueue.counts()).toEqual([]);
  }
  expect(claims).toBeGreaterThan(50);
  await store.close();
});
