import type { EventLog } from "../ports/event-log";
import type { RecordedMessage } from "../ports/stored-message";
import type { ConsumedEvent } from "../subscriptions/reading/consumed-event";

/** How many events are read at once: those that are kept for an instance lie near each other more often than not. */
const PAGE = 100;

interface KeptEventsParts {
  readonly log: Pick<EventLog, "readAll">;
  readonly categories: readonly string[];
  readonly shared: (message: RecordedMessage) => ConsumedEvent;
}

/**
 * Reads from the log what was kept for an instance.
 * @param positions global positions, in order.
 * @throws Error for a position where no event is.
 */
export async function keptEvents(
  positions: readonly number[],
  { log, categories, shared }: KeptEventsParts,
): Promise<readonly ConsumedEvent[]> {
  const found: ConsumedEvent[] = [];
  while (found.length < positions.length) {
    const next = positions[found.length]!;
    const { messages } = await log.readAll({ after: next - 1, limit: PAGE, categories });
    const before = found.length;
    for (const message of messages) if (message.globalPosition === positions[found.length]) found.push(shared(message));
    if (found.length === before) throw new Error(`No event is stored at global position ${next}, which was kept`);
  }
  return found;
}
