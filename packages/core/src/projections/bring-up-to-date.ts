import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { AggregateModel } from "../model/aggregate-model";
import { bucketOf } from "../ports/buckets";
import type { EventLog } from "../ports/event-log";
import type { OperationStores } from "../ports/operation-stores";
import type { MoveCheckpoint, Operation } from "../ports/operations";
import type { Checkpoint } from "../ports/subscription-store";
import { stoppedAt } from "../subscriptions/failures/stopped-at";
import type { ConsumedEvent } from "../subscriptions/reading/consumed-event";
import type { Attempt, Consumer, Feed } from "../subscriptions/reading/consumer";
import { KnownEvents } from "../subscriptions/reading/known-events";
import { WantedEventsOf } from "../subscriptions/reading/wanted-events";

interface Stores {
  readonly log: EventLog;
  readonly operations: OperationStores;
}

/**
 * Gives a consumer everything that is stored behind its checkpoints, before anything else is appended. Whoever served the subscription
 * before loses the checkpoints.
 *
 * @throws SubscriptionStoppedError for an event that fails; IncorrectUsageError where keys are set aside.
 */
export async function bringUpToDate(
  consumer: Consumer,
  sources: readonly AggregateModel[],
  { log, operations }: Stores,
): Promise<void> {
  const { categories, batch } = consumer;
  const known = new KnownEvents(sources);
  const wanted = new WantedEventsOf(consumer, known);
  await refuseSetAside(consumer, operations);
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

/** Rows whose events wait cannot take later ones. */
async function refuseSetAside({ name, subscription }: Consumer, { subscriptions }: OperationStores): Promise<void> {
  const states = ["waiting", "parked", "retry", "skip"] as const;
  const [first] = await subscriptions.parked({ subscription, states, limit: 1 });
  if (first === undefined) return;
  const key = JSON.stringify(first.key);
  throw new IncorrectUsageError(
    `Cannot bring ${name} up to date: the events of its row ${key} wait, from position ${first.position} on; retry or skip them first`,
    { subscription, key: first.key, position: first.position },
  );
}

const NEVER = new AbortController().signal;

/** The checkpoints of a subscription, taken from whoever had them, and what they feed. The buckets that are behind catch up first. */
class TakenLine {
  readonly #feed: Feed;

  private constructor(
    private readonly consumer: Consumer,
    private readonly operations: OperationStores,
    /** By bucket. */
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

  /** That of the bucket that is furthest behind. */
  get position(): number {
    return Math.min(...this.checkpoints.map(({ position }) => position));
  }

  /** @throws SubscriptionStoppedError; what came before is stored. */
  async consume(events: readonly ConsumedEvent[], upTo: number): Promise<void> {
    while (this.position < upTo) {
      const { position: from } = this;
      const ahead = this.checkpoints.map(({ position }) => position).filter((position) => position > from);
      const to = Math.min(upTo, ...ahead);
      const some = events.filter(({ globalPosition }) => globalPosition > from && globalPosition <= to);
      await this.#consume(some, to, ahead.length === 0 ? undefined : (key) => this.#isAt(key, from));
    }
  }

  async #consume(events: readonly ConsumedEvent[], upTo: number, takes: Attempt["takes"]): Promise<void> {
    const { position: from } = this;
    const attempt = { number: 1, signal: NEVER, takes };
    const { done, operations, stored, failure } = await this.#feed.consume(events, attempt);
    const to = failure === undefined ? upTo : (events[done - 1]?.globalPosition ?? from);
    if (to > from) {
      const behind = this.checkpoints.filter(({ position }) => position === from);
      // A projection appends no events.
      const rows = operations as readonly Operation[];
      await this.operations.flush([...behind.map((checkpoint) => moved(checkpoint, to)), ...rows]);
      this.checkpoints = this.checkpoints.map((each) => (each.position === from ? { ...each, position: to } : each));
      stored?.();
    }
    if (failure !== undefined) throw stoppedAt(this.consumer, events[done]!, 1, failure);
  }

  #isAt(key: string, position: number): boolean {
    return this.checkpoints[bucketOf(key, this.checkpoints.length)]?.position === position;
  }
}

function moved({ subscription, bucket, position: from, generation }: Checkpoint, to: number): MoveCheckpoint {
  return { kind: "moveCheckpoint", subscription, bucket, from, to, generation };
}
