import { byCodePoints } from "../code-point-order";
import type { QueueEntry } from "../command-queue";
import { firstIndexWhere } from "./binary-search";

/** The entries of one lane and one priority, in the order of their times, and then of their ids. */
interface Rank {
  readonly lane: string;
  readonly priority: number;
  readonly entries: QueueEntry[];
}

/** The waiting entries of a queue that nothing stands in front of, in the orders in which they are claimed. */
export class ReadyEntries {
  /** By lane, the highest priority first. */
  readonly #ranks = new Map<string, Rank[]>();

  /** Puts an entry in the place of another one. Those that do not wait are left out. */
  replace(before: QueueEntry | undefined, after: QueueEntry | undefined): void {
    if (before?.state === "waiting") this.#remove(before);
    if (after?.state === "waiting") this.#add(after);
  }

  /** The entries of some lanes that may be claimed at a moment: the most urgent ones, then the earliest of the others. */
  claimable(
    lanes: readonly string[],
    now: number,
    { urgent, others }: { urgent: number; others: number },
  ): QueueEntry[] {
    const ranks = this.#of(lanes).sort((a, b) => b.priority - a.priority);
    const claimable: QueueEntry[] = [];
    for (let at = 0; at < ranks.length && claimable.length < urgent; ) {
      const { priority } = ranks[at]!;
      const left = urgent - claimable.length;
      const found: QueueEntry[] = [];
      // Several lanes may have entries of one priority.
      for (; at < ranks.length && ranks[at]!.priority === priority; at++) found.push(...freeIn(ranks[at]!, now, left));
      claimable.push(...found.sort(earliest).slice(0, left));
    }
    if (others === 0) return claimable;
    const taken = new Set(claimable);
    const rest = ranks.flatMap((rank) => freeIn(rank, now, others, taken));
    return [...claimable, ...rest.sort(earliest).slice(0, others)];
  }

  /** When the first entry of some lanes may be claimed: milliseconds since 1970; undefined where none waits. */
  next(lanes: readonly string[]): number | undefined {
    let next: number | undefined;
    for (const { entries } of this.#of(lanes))
      for (const entry of entries) {
        if (next !== undefined && entry.dueAt >= next) break;
        next = Math.min(next ?? Number.POSITIVE_INFINITY, claimableAt(entry));
      }
    return next;
  }

  #of(lanes: readonly string[]): Rank[] {
    return [...new Set(lanes)].flatMap((lane) => this.#ranks.get(lane) ?? []);
  }

  #add(entry: QueueEntry): void {
    const { lane, priority } = entry;
    const ranks = this.#ranks.get(lane) ?? [];
    this.#ranks.set(lane, ranks);
    const index = firstIndexWhere(ranks.length, (at) => ranks[at]!.priority <= priority);
    if (ranks[index]?.priority !== priority) ranks.splice(index, 0, { lane, priority, entries: [] });
    const { entries } = ranks[index]!;
    entries.splice(placeOf(entry, entries), 0, entry);
  }

  #remove(entry: QueueEntry): void {
    const ranks = this.#ranks.get(entry.lane)!;
    const index = ranks.findIndex(({ priority }) => priority === entry.priority);
    const { entries } = ranks[index]!;
    entries.splice(placeOf(entry, entries), 1);
    if (entries.length === 0) ranks.splice(index, 1);
  }
}

/** When an entry may be claimed: at its time, or when the claim on it runs out. */
export function claimableAt({ dueAt, claimedUntil = dueAt }: QueueEntry): number {
  return Math.max(dueAt, claimedUntil);
}

function freeIn({ entries }: Rank, now: number, limit: number, taken?: ReadonlySet<QueueEntry>): QueueEntry[] {
  const free: QueueEntry[] = [];
  for (const entry of entries) {
    if (free.length === limit || entry.dueAt > now) break;
    if (claimableAt(entry) <= now && taken?.has(entry) !== true) free.push(entry);
  }
  return free;
}

function placeOf(entry: QueueEntry, entries: readonly QueueEntry[]): number {
  return firstIndexWhere(entries.length, (at) => earliest(entry, entries[at]!) <= 0);
}

function earliest(a: QueueEntry, b: QueueEntry): number {
  return a.dueAt - b.dueAt || byCodePoints(a.id, b.id);
}
