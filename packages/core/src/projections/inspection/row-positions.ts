import { bucketOf } from "../../ports/buckets";
import type { EventLog } from "../../ports/event-log";
import { pause } from "../../ports/real-timers";
import type { ParkedKey, SubscriptionStore } from "../../ports/subscription-store";
import { settledEnd } from "../../subscriptions/reading/settled-end";

/** How far the rows of a projection are folded, at one moment. */
export interface RowPositions {
  /** The position up to which the furthest row is folded. */
  readonly end: number;
  /** The position up to which the row with a key is folded. */
  of(key: string): number;
  /** Whether an event was passed over for a key, because somebody asked for that. */
  skips(key: string, position: number): boolean;
  isSetAside(key: string): boolean;
}

/** Finds out how far rows are folded. A row that was read before is not folded further than that. */
export type FindRowPositions = (signal?: AbortSignal) => Promise<RowPositions>;

const PARKED_AT_ONCE = 1_000;

/** How far the rows of an async projection are folded: each as far as the bucket of its key, unless its key is set aside. */
export async function positionsOfBuckets(store: SubscriptionStore, subscription: string): Promise<RowPositions> {
  // In this order: a key whose event has failed is set aside together with the move of the checkpoint past that event.
  const checkpoints = await store.checkpoints(subscription);
  const { waitsFrom, skipped } = await keysSetAside(store, subscription);
  const positions = new Map(checkpoints.map(({ bucket, position }) => [bucket, position]));
  return {
    end: Math.max(0, ...positions.values()),
    of(key) {
      const position = positions.get(bucketOf(key, positions.size)) ?? 0;
      return Math.min(position, (waitsFrom.get(key) ?? Number.POSITIVE_INFINITY) - 1);
    },
    skips: (key, position) => skipped.get(key)?.has(position) === true,
    isSetAside: (key) => waitsFrom.has(key),
  };
}

async function keysSetAside(store: SubscriptionStore, subscription: string) {
  const waitsFrom = new Map<string, number>();
  const skipped = new Map<string, Set<number>>();
  for (let last: ParkedKey | undefined; ; ) {
    const parked = await store.parked({ subscription, limit: PARKED_AT_ONCE, ...(last && { after: last }) });
    for (const { key, position, state } of parked) {
      if (state === "skipped") skipped.set(key, (skipped.get(key) ?? new Set()).add(position));
      else waitsFrom.set(key, Math.min(position, waitsFrom.get(key) ?? position));
    }
    if (parked.length < PARKED_AT_ONCE) return { waitsFrom, skipped };
    last = parked.at(-1);
  }
}

/** How far the rows of an inline projection are folded: all of them to the end of the log. */
export async function positionsAtTheEnd(
  log: EventLog,
  categories: readonly string[],
  signal?: AbortSignal,
): Promise<RowPositions> {
  let end = await settledEnd(log);
  const committed = await committedEnd(log, end, categories);
  // What is committed and not settled yet is in the rows, and not in what can be read of the log.
  while (end < committed && (await hasEventsBehind(log, end, categories))) {
    await pause(SETTLING_MS, { signal });
    end = await settledEnd(log, end);
  }
  return { end, of: () => end, skips: () => false, isSetAside: () => false };
}

const SETTLING_MS = 5;

/** A position behind which nothing of some categories is committed. @param after a position to start at. */
async function committedEnd(
  log: Pick<EventLog, "countEvents">,
  after: number,
  categories: readonly string[],
): Promise<number> {
  let end = after;
  for (let step = 1; await hasEventsBehind(log, end, categories); step *= 2) end += step;
  return end;
}

async function hasEventsBehind(
  log: Pick<EventLog, "countEvents">,
  after: number,
  categories: readonly string[],
): Promise<boolean> {
  return (await log.countEvents({ after, categories, limit: 1 })).events > 0;
}
