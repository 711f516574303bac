import { byCodePoints } from "../code-point-order";
import type {
  ClaimExtension,
  ClaimedEntry,
  CommandQueue,
  OverdueEntries,
  QueueClaim,
  QueueCount,
  QueueEntry,
  QueueEntryState,
  QueuePage,
} from "../command-queue";
import type { Enqueue, SettleEntry } from "../operations";
import { wallTime } from "../real-timers";
import { refusedEntry, refusedReplacedEntry } from "../refused-operation";
import { momentOf } from "./moment";
import { QueueLines } from "./queue-lines";
import { claimableAt } from "./ready-entries";

const UNFINISHED: readonly QueueEntryState[] = ["waiting", "parked"];

/** The queue of commands of a `MemoryEventStore`. */
export class MemoryCommandQueue implements CommandQueue {
  readonly #entries = new Map<string, QueueEntry>();
  /** Those that wait or are parked. Finished ones may be many more, and no claim looks at them. */
  readonly #unfinished = new QueueLines();

  claim({ worker, lanes, limit, oldest, claimMs, now = wallTime() }: QueueClaim): readonly ClaimedEntry[] {
    const free = this.#unfinished.ready.claimable(lanes, now, { urgent: limit - oldest, others: oldest });
    return free.map((entry) => {
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

  extend({ worker, ids, claimMs, begins = false, now = wallTime() }: ClaimExtension): readonly string[] {
    return [...new Set(ids)].filter((id) => {
      const entry = this.#entries.get(id);
      if (entry?.claimedBy !== worker || !isClaimed(entry, now)) return false;
      this.#put({ ...entry, begins: entry.begins + (begins ? 1 : 0), claimedUntil: now + claimMs });
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
    const next = this.#unfinished.ready.next(lanes);
    return next === undefined ? undefined : Math.max(0, next - now);
  }

  find(id: string): QueueEntry | undefined {
    return this.#entries.get(id);
  }

  list({ states, lanes, types, line, after, limit }: QueuePage): readonly QueueEntry[] {
    // Whoever asks for what waits in a line need not look through all entries.
    const isUnfinished = states?.every((state) => UNFINISHED.includes(state)) ?? false;
    const entries = line !== undefined && isUnfinished ? this.#unfinished.of(line) : this.#entries.values();
    return [...entries]
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
      begins: 0,
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
      begins: 0,
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
