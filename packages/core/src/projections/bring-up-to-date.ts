import type { AggregateModel } from "../model/aggregate-model";
import type { EventLog } from "../ports/event-log";
import type { OperationStores } from "../ports/operations";
import { pause } from "../ports/real-timers";
import type { Consumer } from "../subscriptions/consumer";
import { Delivery } from "../subscriptions/delivery";
import { BUCKET } from "../subscriptions/first-checkpoints";
import { HeldCheckpoint } from "../subscriptions/held-checkpoint";
import { KnownEvents } from "../subscriptions/known-events";
import { stoppedAt } from "../subscriptions/stopped-at";
import { WantedEventsOf } from "../subscriptions/wanted-events";

const NEVER = new AbortController().signal;

/**
 * Gives a consumer everything that is stored behind its checkpoint, before anything else is appended. Whoever served the subscription
 * before loses the checkpoint.
 *
 * @throws SubscriptionStoppedError for an event that fails.
 */
export async function bringUpToDate(
  consumer: Consumer & { readonly forget: () => void },
  sources: readonly AggregateModel[],
  { log, operations }: { readonly log: EventLog; readonly operations: OperationStores },
): Promise<void> {
  const { subscription, categories, batch } = consumer;
  const checkpoint = await HeldCheckpoint.claim(operations, subscription, BUCKET, NEVER);
  if (checkpoint === undefined) throw new Error(`No checkpoint was laid for ${subscription}`);
  consumer.forget();
  const known = new KnownEvents(sources);
  const wanted = new WantedEventsOf(consumer, known);
  const delivery = new Delivery(
    { consumer, signal: NEVER, isEnding: () => false, pause: (ms) => pause(ms), flushed: () => undefined },
    checkpoint,
  );
  for (let isAtEnd = false; !isAtEnd; ) {
    const after = checkpoint.position;
    const { messages, upTo, atEnd } = await log.readAll({ after, limit: batch, categories });
    const page = { after, upTo, atEnd, events: messages.map((message) => known.shared(message)), signs: 0 };
    const { events, upTo: done, unknown } = wanted.in(page, after);
    if (events.length > 0) await delivery.deliver(events, done);
    checkpoint.pass(done);
    if (unknown !== undefined) throw stoppedAt(consumer, unknown.event, 1, unknown);
    isAtEnd = atEnd;
  }
  await checkpoint.store();
}
