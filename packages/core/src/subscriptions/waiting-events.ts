import type { EventLog } from "../ports/event-log";
import type { ParkedKey } from "../ports/subscription-store";
import type { Consumer } from "./consumer";
import type { KnownEvents } from "./known-events";
import { WantedEventsOf } from "./wanted-events";

const EVENTS_AT_ONCE = 1_000;

interface WaitingEventsParts {
  readonly log: Pick<EventLog, "readAll">;
  readonly known: KnownEvents;
}

/** Counts the events of a key behind the one that failed: they wait until that one is done, or skipped. */
export async function countWaitingEvents(
  consumer: Pick<Consumer, "categories" | "wants" | "keysOf">,
  { log, known }: WaitingEventsParts,
  { key, position }: Pick<ParkedKey, "key" | "position">,
): Promise<number> {
  const wanted = new WantedEventsOf(consumer, known);
  const { categories } = consumer;
  let count = 0;
  for (let after = position; ; ) {
    const { messages, upTo, atEnd } = await log.readAll({ after, limit: EVENTS_AT_ONCE, categories });
    const page = { after, upTo, atEnd, signs: 0, events: messages.map((message) => known.shared(message)) };
    while (after < upTo) {
      const { events, unknown, upTo: reached } = wanted.in(page, after);
      for (const event of events) if (consumer.keysOf(event).includes(key)) count++;
      // An event of a type that the code does not know is of this key where that can be told.
      if (unknown !== undefined && consumer.keysOf(unknown.event).includes(key)) count++;
      after = unknown?.event.globalPosition ?? reached;
    }
    if (atEnd) return count;
  }
}
