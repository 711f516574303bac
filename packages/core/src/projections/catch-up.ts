import type { AggregateModel } from "../model/aggregate-model";
import type { EventLog } from "../ports/event-log";
import type { OperationStores } from "../ports/operations";
import type { RecordedMessage } from "../ports/stored-message";
import type { Checkpoint } from "../ports/subscription-store";
import type { Consumer } from "../subscriptions/consumer";
import { StoredEvent } from "./stored-event";

interface Stores {
  readonly log: EventLog;
  readonly operations: Pick<OperationStores, "flush" | "subscriptions">;
}

const NEVER = new AbortController().signal;

/** Folds everything that is stored behind the checkpoint of a consumer, before anything else is appended. @throws what folding throws. */
export async function catchUp(
  consumer: Consumer & { readonly forget?: () => void },
  sources: readonly AggregateModel[],
  { log, operations }: Stores,
  bucket: number,
): Promise<void> {
  const { subscription, categories, batch } = consumer;
  const models = new Map(sources.map((source) => [source.category, source]));
  consumer.forget?.();
  // Whoever served the subscription before cannot move its checkpoint any more.
  const { generation, position } = (await operations.subscriptions.raiseGeneration(subscription, bucket)) as Checkpoint;
  for (let from = position, isAtEnd = false; !isAtEnd; ) {
    const { messages, upTo, atEnd } = await log.readAll({ after: from, limit: batch, categories });
    const events = messages.filter(({ type }) => consumer.wants(type)).map((message) => stored(message, models));
    const { operations: changes, stored: done, failure } = await consumer.consume(events, { number: 1, signal: NEVER });
    if (failure !== undefined) throw failure.error;
    const move = { kind: "moveCheckpoint", subscription, bucket, from, to: upTo, generation } as const;
    if (upTo > from || changes.length > 0) await operations.flush([...changes, move]);
    done?.();
    from = upTo;
    isAtEnd = atEnd;
  }
}

function stored(message: RecordedMessage, models: ReadonlyMap<string, AggregateModel>): StoredEvent {
  return new StoredEvent(message, models.get(message.category) as AggregateModel);
}
