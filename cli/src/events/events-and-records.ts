import type { Domain, RecordedEvent } from "@tidemark/core";

import { core } from "../domain/core";
import { categoryOf } from "./event-scope";

/** A stored message: an event, or the record that a command with an idempotency key leaves. */
interface EventOrRecord {
  readonly kind: "event" | "record";
  readonly message: RecordedEvent;
}

/** Reads the events of the whole store and the records of its commands in global order. */
export function eventsAndRecords(domain: Domain): AsyncGenerator<EventOrRecord> {
  const { commandCategory } = core.streams;
  const records = [...domain.aggregates.values()].map((aggregate) =>
    domain.eventStore.readCategory(commandCategory(categoryOf(domain, aggregate))),
  );
  return inGlobalOrder([
    of("event", domain.eventStore.readAll()),
    ...records.map((messages) => of("record", messages)),
  ]);
}

async function* of(
  kind: EventOrRecord["kind"],
  messages: AsyncIterable<RecordedEvent>,
): AsyncGenerator<EventOrRecord, void, undefined> {
  for await (const message of messages) yield { kind, message };
}

/** Merges sources that are each in global order. One message of each source is held. */
async function* inGlobalOrder(sources: readonly AsyncGenerator<EventOrRecord>[]): AsyncGenerator<EventOrRecord> {
  const heads = new Map<AsyncGenerator<EventOrRecord>, EventOrRecord>();
  const advance = async (source: AsyncGenerator<EventOrRecord>): Promise<void> => {
    const { done, value } = await source.next();
    if (done) heads.delete(source);
    else heads.set(source, value);
  };
  try {
    for (const source of sources) await advance(source);
    while (heads.size > 0) {
      const [source, first] = [...heads].reduce((least, one) =>
        one[1].message.globalPosition < least[1].message.globalPosition ? one : least,
      );
      yield first;
      await advance(source);
    }
  } finally {
    for (const source of sources) await source.return(undefined);
  }
}
