import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { EventLog } from "../ports/event-log";
import type { OperationStores } from "../ports/operations";
import type { Consumer } from "./consumer";
import { settledEnd } from "./settled-end";

/** The only bucket as long as a subscription has one owner. */
export const BUCKET = 0;

const PAGE = 1_000;

type Stores = { readonly log: EventLog; readonly operations: OperationStores };

/**
 * Lays the checkpoints of subscriptions that are new to the store. A handler that does not say where it starts gets one where no event
 * of the store is for it; otherwise it goes without, and `refuseUnlaid` refuses to run it.
 */
export async function layFirstCheckpoints(consumers: readonly Consumer[], stores: Stores): Promise<void> {
  const { log, operations } = stores;
  const laid = [];
  for (const consumer of await unlaid(consumers, operations)) {
    const { subscription } = consumer;
    const position = await startOf(consumer, log);
    if (position !== undefined) laid.push({ subscription, bucket: BUCKET, position });
  }
  if (laid.length > 0) await operations.subscriptions.layCheckpoints(laid);
}

/** @throws IncorrectUsageError for a handler that is new to a store with events for it, and does not say where it starts. */
export async function refuseUnlaid(consumers: readonly Consumer[], stores: Stores): Promise<void> {
  await layFirstCheckpoints(consumers, stores);
  const [first] = await unlaid(consumers, stores.operations);
  if (first === undefined) return;
  const events = await matchingEvents(first, stores.log, Number.POSITIVE_INFINITY);
  throw new IncorrectUsageError(
    `Cannot run ${first.kind} ${first.name}: it is new to this store, which holds ${events} events for it, and does not say where it starts. ` +
      'Give it startFrom: "beginning" to handle all of them, "now" to handle later ones only, or a global position',
    { subscription: first.subscription, events },
  );
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
