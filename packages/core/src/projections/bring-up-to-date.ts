import type { AggregateModel } from "../model/aggregate-model";
import type { EventLog } from "../ports/event-log";
import type { OperationStores } from "../ports/operation-stores";
import type { MoveCheckpoint } from "../ports/operations";
import type { Checkpoint } from "../ports/subscription-store";
import type { ConsumedEvent } from "../subscriptions/consumed-event";
import type { Consumer, Feed } from "../subscriptions/consumer";
import { KnownEvents } from "../subscriptions/known-events";
import { stoppedAt } from "../subscriptions/stopped-at";
import { WantedEventsOf } from "../subscriptions/wanted-events";

interface Stores {
  readonly log: EventLog;
  readonly operations: OperationStores;
}

/**
 * Gives a consumer everything that is stored behind its checkpoints, before anything else is appended. Whoever served the subscription
 * before loses the checkpoints.
 *
 * @throws SubscriptionStoppedError for an event that fails.
 */
export async function bringUpToDate(
  consumer: Consumer,
  sources: readonly AggregateModel[],
  { log, operations }: Stores,
): Promise<void> {
  const { categories, batch } = consumer;
  const known = new KnownEvents(sources);
  const wanted = new WantedEventsOf(consumer, known);
  const line = await TakenLine.of(consumer, operations);
  for (let isAtEnd = false; !isAtEnd; ) {
    const after = line.position;
    const { messages, upTo, atEnd } = await log.readAll({ after, limit: batch, categories });
    const page = { after, upTo, atEnd, events: messages.map((message) => known.shared(message)), signs: 0 };
    const { events, upTo: done, unknown } = wanted.in(page, after);
    await line.consume(events, done);
    if (unknown !== undefined) throw stoppedAt(consumer, unknown.event, 1, unknown);
    isAtEnd = atEnd;
  }
}

const NEVER = new AbortController().signal;

/** The checkpoints of a subscription, taken from whoever had them, and what they feed. */
class TakenLine {
  readonly #feed: Feed;

  private constructor(
    private readonly consumer: Consumer,
    private readonly operations: OperationStores,
    /** All of them at one position. */
    private checkpoints: readonly Checkpoint[],
  ) {
    this.#feed = consumer.begin();
    this.#feed.forget();
  }

  static async of(consumer: Consumer, operations: OperationStores): Promise<TakenLine> {
    const { subscriptions } = operations;
    const { subscription } = consumer;
    const taken: Checkpoint[] = [];
    for (const { bucket } of await subscriptions.checkpoints(subscription))
      taken.push((await subscriptions.raiseGeneration(subscription, bucket)) as Checkpoint);
    if (taken.length === 0) throw new Error(`No checkpoint was laid for ${subscription}`);
    return new TakenLine(consumer, operations, taken);
  }

  get position(): number {
    return this.checkpoints[0]!.position;
  }

  /** @throws SubscriptionStoppedError; what came before is stored. */
  async consume(events: readonly ConsumedEvent[], upTo: number): Promise<void> {
    const { done, operations, stored, failure } = await this.#feed.consume(events, { number: 1, signal: NEVER });
    const to = failure === undefined ? upTo : (events[done - 1]?.globalPosition ?? this.position);
    if (to > this.position) {
      await this.operations.flush([...this.checkpoints.map((checkpoint) => moved(checkpoint, to)), ...operations]);
      this.checkpoints = this.checkpoints.map((checkpoint) => ({ ...checkpoint, position: to }));
      stored?.();
    }
    if (failure !== undefined) throw stoppedAt(this.consumer, events[done]!, 1, failure);
  }
}

function moved({ subscription, bucket, position: from, generation }: Checkpoint, to: number): MoveCheckpoint {
  return { kind: "moveCheckpoint", subscription, bucket, from, to, generation };
}
