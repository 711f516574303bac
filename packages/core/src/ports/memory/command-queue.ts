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
import { momentOf } from "./moment";

/** The queue of commands of a `MemoryEventStore`. */
export class MemoryCommandQueue implements CommandQueue {
  readonly #entries = new Map<string, QueueEntry>();
  /** The ids of those that wait or are parked: finished ones may be many more, and no claim looks at them. */
  readonly #unfinished = new Set<string>();

  claim({ worker, lanes, limit, oldest, claimMs, now = wallTime() }: QueueClaim): readonly ClaimedEntry[] {
    const free = this.#first(lanes).filter((entry) => claimableAt(entry) <= now);
    const byPriority = free.sort((a, b) => b.priority - a.priority || earliest(a, b));
    const rest = byPriority.splice(limit - oldest).sort(earliest);
    return [...byPriority, ...rest].slice(0, limit).map((entry) => {
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
      if (entry?.claimedBy === worker) this.#put({ ...withoutClaim(entry), revision: entry.revision + 1 });
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
    for (const id of this.#unfinished) {
      const entry = this.#entries.get(id)!;
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
        this.#unfinished.delete(id);
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
    this.#entries.set(entry.id, frozen);
    if (isFinished(entry.state)) this.#unfinished.delete(entry.id);
    else this.#unfinished.add(entry.id);
    return frozen;
  }

  /** The waiting entries of some lanes that stand behind none of their line. */
  #first(lanes: readonly string[]): QueueEntry[] {
    const unfinished = Array.from(this.#unfinished, (id) => this.#entries.get(id)!);
    const lowest = new Map<string, number>();
    for (const { line, number } of unfinished)
      if (line !== undefined) lowest.set(line, Math.min(number, lowest.get(line) ?? number));
    return unfinished.filter(
      ({ state, lane, line, number }) =>
        state === "waiting" && lanes.includes(lane) && (line === undefined || number === lowest.get(line)),
    );
  }
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
