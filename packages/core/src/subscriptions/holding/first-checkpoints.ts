import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import { OperationConflictError } from "../../errors/operation-conflict-error";
import type { EventLog } from "../../ports/event-log";
import type { OperationStores } from "../../ports/operation-stores";
import type { NewCheckpoint } from "../../ports/subscription-store";
import type { Consumer } from "../reading/consumer";
import { settledEnd } from "../reading/settled-end";
import { refusedAsReplaced, replacementOf, takeOver } from "./replacement";

const PAGE = 1_000;

export interface FirstCheckpointStores {
  /** The name of the domain. */
  readonly domain: string;
  readonly log: EventLog;
  readonly operations: OperationStores;
  /** How many buckets the keys of a subscription are spread over. */
  readonly buckets: number;
}

/** Returns how many buckets a consumer has: one where its events stand in one line. */
export function bucketsOf({ isOneLine }: Pick<Consumer, "isOneLine">, buckets: number): number {
  return isOneLine ? 1 : buckets;
}

/** Makes the checkpoints of a subscription, all at one position. */
export function checkpointsAt(subscription: string, position: number, buckets: number): readonly NewCheckpoint[] {
  return Array.from({ length: buckets }, (_, bucket) => ({ subscription, bucket, position }));
}

/**
 * Lays the checkpoints of subscriptions that are new to the store. One that replaces another one takes over the checkpoints of that. A
 * handler that does not say where it starts gets some where no event of the store is for it; otherwise it goes without, and
 * `refuseUnlaid` refuses to run it.
 */
export async function layFirstCheckpoints(
  consumers: readonly Consumer[],
  stores: FirstCheckpointStores,
): Promise<void> {
  const { log, operations, buckets } = stores;
  const laid: NewCheckpoint[] = [];
  for (const consumer of await unlaid(consumers, operations)) {
    const { subscription } = consumer;
    if (await hasTakenOver(consumer, stores)) continue;
    // It is refused when a server is to run it.
    if ((await replacementOf(consumer, stores)) !== undefined) continue;
    const position = await startOf(consumer, log);
    if (position !== undefined) laid.push(...checkpointsAt(subscription, position, bucketsOf(consumer, buckets)));
  }
  if (laid.length > 0) await operations.subscriptions.layCheckpoints(laid);
}

/**
 * @throws IncorrectUsageError for a handler that is new to a store with events for it, and does not say where it starts; for one that
 *   another one has replaced.
 */
export async function refuseUnlaid(consumers: readonly Consumer[], stores: FirstCheckpointStores): Promise<void> {
  await layFirstCheckpoints(consumers, stores);
  const [first] = await unlaid(consumers, stores.operations);
  if (first === undefined) return;
  const by = await replacementOf(first, stores);
  if (by !== undefined) throw refusedAsReplaced(first, by);
  const events = await matchingEvents(first, stores.log, Number.POSITIVE_INFINITY);
  throw new IncorrectUsageError(
    `Cannot run ${first.kind} ${first.name}: it is new to this store, which holds ${events} events for it, and does not say where it starts. ` +
      'Give it startFrom: "beginning" to handle all of them, "now" to handle later ones only, or a global position',
    { subscription: first.subscription, events },
  );
}

/** Takes over from another subscription, unless somebody else is just doing it. */
async function hasTakenOver(consumer: Consumer, stores: FirstCheckpointStores): Promise<boolean> {
  for (;;) {
    try {
      return await takeOver(consumer, stores);
    } catch (error) {
      if (!(error instanceof OperationConflictError)) throw error;
      // A server has moved the checkpoints meanwhile, or another process was quicker.
      if ((await stores.operations.subscriptions.checkpoints(consumer.subscription)).length > 0) return true;
    }
  }
}

async function unlaid(consumers: readonly Consumer[], { subscriptions }: OperationStores): Promise<Consumer[]> {
  const found: Consumer[] = [];
  for (const consumer of consumers)
    if ((await subscriptions.checkpoints(consumer.subscription)).length === 0) found.push(consumer);
  return found;
}

async function startOf(consumer: Consumer, log: EventLog): Promise<number | undefined> {
  const { startFrom } = consumer;
  if (startFrom === "beginning") return 0;
  if (startFrom === "now") return await settledEnd(log);
  if (startFrom !== undefined) return startFrom;
  return (await matchingEvents(consumer, log, 1)) === 0 ? 0 : undefined;
}

/** Counts the events of a store that a consumer wants. @param enough where to stop counting. */
async function matchingEvents(consumer: Consumer, log: EventLog, enough: number): Promise<number> {
  const { categories } = consumer;
  let count = 0;
  for (let after = 0; ; ) {
    const { messages, upTo, atEnd } = await log.readAll({ after, limit: PAGE, categories });
    for (const { type } of messages) if (consumer.wants(type)) count++;
    if (atEnd || count >= enough) return count;
    after = upTo;
  }
}
