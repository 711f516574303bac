import type { MemoryEventStore } from "../../src/index";
import { readEvent } from "../../src/loading/read-event";
import type { AggregateModel } from "../../src/model/aggregate-model";
import type { RecordedMessage } from "../../src/ports/stored-message";
import type { ConsumedEvent } from "../../src/subscriptions/reading/consumed-event";

/** The events of a log as the engine hands them over. */
export async function consumedEvents(
  { log }: Pick<MemoryEventStore, "log">,
  model: AggregateModel,
): Promise<ConsumedEvent[]> {
  const { messages } = await log.readAll({ after: 0, limit: 1_000_000, categories: [model.category] });
  return messages.map((message) => consumed(message, model));
}

function consumed(message: RecordedMessage, model: AggregateModel): ConsumedEvent {
  const { id: eventId, category, stream, ...rest } = message;
  const data = () => JSON.parse(message.data) as object;
  return {
    ...rest,
    eventId,
    category,
    stream,
    aggregateId: stream.slice(category.length + 1),
    metadata: {},
    message,
    get event() {
      return readEvent(model, { ...message, data: data() }) as object;
    },
  };
}
