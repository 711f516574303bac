import { byCodePoints } from "../code-point-order";
import type {
  ClaimExtension,
  ClaimedEntry,
  CommandQueue,
  OverdueEntries,
  QueueClaim,
  QueueCount,
  QueueEntry,
  QueuePage,
} from "../command-queue";
import type { Enqueue, SettleEntry } from "../operations";
import { wallTime } from "../real-timers";
import { refusedEntry, refusedReplacedEntry } from "../refused-operation";
import { firstIndexWhere } from "./binary-search";
import { momentOf } from "./moment";
import { QueueLines } from "./queue-lines";

/** The queue of commands of a `MemoryEventStore`. */
export class MemoryCommandQueue implements CommandQueue {
  readonly #entries = new Map<string, QueueEntry>();
  /** Those that wait or are parked. Finished ones may be many more, and no claim looks at them. */
  readonly #unfinished = new QueueLines();

  claim({ worker, lanes, limit, oldest, claimMs, now = wallTime() }: QueueClaim): readonly ClaimedEntry[] {
    const free = this.#first(lanes, now);
    const urgent = least(free, limit - oldest, (a, b) => b.priority - a.priority || earliest(a, b));
    const others = oldest === 0 ? [] : free.filter((entry) => !urgent.includes(entry));
    return [...urgent, ...least(others, limit - urgent.length, earliest)].map((entry) => {
      const claimed = this.#put({
        ...entry,
        claims: entry.claims + 1,
        revision: entry.revision + 1,
        claimedBy: worker,
        claimedUntil: now + claimMs,
      });
      return { ...claimed, claimedAt: now };
    });
  }

  extend({ worker, ids, claimMs, now = wallTime() }: ClaimExtension): readonly string[] {
    return [...new Set(ids)].filter((id) => {
      const entry = this.#entries.get(id);
      if (entry?.claimedBy !== worker || !isClaimed(entry, now)) return false;
      this.#put({ ...entry, claimedUntil: now + claimMs });
      return true;
    });
  }

  release(worker: string, ids: readonly string[]): void {
    for (const id of ids) {
      const entry = this.#entries.get(id);
      if (entry?.claimedBy === worker)
        this.#put({ ...withoutClaim(entry), claims: entry.claims - 1, revision: entry.revision + 1 });
    }
  }

  untilNext(lanes: readonly string[], now = wallTime()): number | undefined {
    const first = this.#first(lanes);
    if (first.length === 0) return undefined;
    const next = first.reduce((least, entry) => Math.min(least, claimableAt(entry)), Number.POSITIVE_INFINITY);
    return Math.max(0, next - now);
  }

  find(id: string): QueueEntry | undefined {
    return this.#entries.get(id);
  }

  list({ states, lanes, types, line, after, limit }: QueuePage): readonly QueueEntry[] {
    return [...this.#entries.values()]
      .filter((entry) => states?.includes(entry.state) ?? true)
      .filter((entry) => lanes?.includes(entry.lane) ?? true)
      .filter((entry) => types?.includes(entry.type) ?? true)
      .filter((entry) => line === undefined || entry.line === line)
      .filter((entry) => after === undefined || byCodePoints(entry.id, after) > 0)
      .sort((a, b) => byCodePoints(a.id, b.id))
      .slice(0, limit);
  }

  counts(): readonly QueueCount[] {
    const counts = new Map<string, QueueCount>();
    for (const { lane, state } of this.#entries.values()) {
      const key = JSON.stringify([lane, state]);
      counts.set(key, { lane, state, entries: (counts.get(key)?.entries ?? 0) + 1 });
    }
    return [...counts.values()].sort((a, b) => byCodePoints(a.lane, b.lane) || byCodePoints(a.state, b.state));
  }

  overdue(now = wallTime()): readonly OverdueEntries[] {
    const overdue = new Map<string, OverdueEntries>();
    for (const entry of this.#unfinished.all()) {
      if (entry.state !== "waiting" || claimableAt(entry) > now) continue;
      const { lane, dueAt } = entry;
      const { entries = 0, since = dueAt } = overdue.get(lane) ?? {};
      overdue.set(lane, { lane, entries: entries + 1, since: Math.min(since, dueAt) });
    }
    return [...overdue.values()].sort((a, b) => byCodePoints(a.lane, b.lane));
  }

  forget(before: number, limit: number): number {
    const old = [...this.#entries.values()].filter(({ finishedAt }) => finishedAt !== undefined && finishedAt < before);
    const forgotten = old.slice(0, limit);
    for (const { id } of forgotten) this.#entries.delete(id);
    return forgotten.length;
  }

  /** @returns the change to make once every operation of the transaction is checked. */
  enqueue(operation: Enqueue): () => void {
    const { entry, replaces = false } = operation;
    const stored = this.#entries.get(entry.id);
    if (stored !== undefined && !replaces) return () => {};
    if (stored !== undefined && isClaimed(stored, wallTime())) throw refusedReplacedEntry(operation);
    const { due, expires, ...rest } = entry;
    const added: QueueEntry = {
      ...rest,
      dueAt: momentOf(due),
      ...(expires && { expiresAt: momentOf(expires) }),
      state: "waiting",
      attempts: 0,
      claims: 0,
      revision: stored === undefined ? 0 : stored.revision + 1,
    };
    return () => void this.#put(added);
  }

  /** @returns the change to make once every operation of the transaction is checked. */
  settle(operation: SettleEntry): () => void {
    const { id, expected, change } = operation;
    const stored = this.#entries.get(id);
    if (stored?.revision !== expected) throw refusedEntry(operation, stored);
    if (change === undefined)
      return () => {
        this.#entries.delete(id);
        this.#unfinished.delete(stored);
      };
    const { state, attempts, claims = stored.claims, due, outcome } = change;
    const { finishedAt, ...rest } = withoutClaim(stored);
    const settled: QueueEntry = {
      ...rest,
      state,
      attempts,
      claims,
      revision: expected + 1,
      ...(due && { dueAt: momentOf(due) }),
      ...(outcome !== undefined && { outcome }),
      ...(isFinished(state) && { finishedAt: wallTime() }),
    };
    return () => void this.#put(settled);
  }

  #put(entry: QueueEntry): QueueEntry {
    const frozen = Object.freeze(entry);
    const stored = this.#entries.get(entry.id);
    if (stored !== undefined && (stored.line !== entry.line || isFinished(entry.state)))
      this.#unfinished.delete(stored);
    this.#entries.set(entry.id, frozen);
    if (!isFinished(entry.state)) this.#unfinished.set(frozen);
    return frozen;
  }

  /** The waiting entries of some lanes that stand behind none of their line; those that may be claimed at a moment. */
  #first(lanes: readonly string[], now = Number.POSITIVE_INFINITY): QueueEntry[] {
    const first: QueueEntry[] = [];
    for (const entry of this.#unfinished.first())
      if (entry.state === "waiting" && lanes.includes(entry.lane) && claimableAt(entry) <= now) first.push(entry);
    return first;
  }
}

/** The first ones in an order, without putting all of them in order. */
function least(entries: readonly QueueEntry[], count: number, order: typeof earliest): QueueEntry[] {
  const found: QueueEntry[] = [];
  if (count <= 0) return found;
  for (const entry of entries) {
    if (found.length === count && order(entry, found.at(-1)!) > 0) continue;
    const index = firstIndexWhere(found.length, (at) => order(entry, found[at]!) < 0);
    found.splice(index, 0, entry);
    if (found.length > count) found.pop();
  }
  return found;
}

function earliest(a: QueueEntry, b: QueueEntry): number {
  return a.dueAt - b.dueAt || byCodePoints(a.id, b.id);
}

function claimableAt({ dueAt, claimedUntil = dueAt }: QueueEntry): number {
  return Math.max(dueAt, claimedUntil);
}

function isClaimed({ claimedUntil }: QueueEntry, now: number): boolean {
  return claimedUntil !== undefined && now < claimedUntil;
}

function withoutClaim({ claimedBy, claimedUntil, ...entry }: QueueEntry): QueueEntry {
  return entry;
}

function isFinished(state: QueueEntry["state"]): boolean {
  return state !== "waiting" && state !== "parked";
}
