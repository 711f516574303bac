import type { EventLog } from "../../ports/event-log";

/** Finds the global position up to which everything is settled. @param after a position that is known to be. */
export async function settledEnd(log: Pick<EventLog, "readAll">, after = 0): Promise<number> {
  for (let position = after; ; ) {
    const { upTo, atEnd } = await log.readAll({ after: position, limit: 1, categories: [] });
    if (atEnd) return upTo;
    position = upTo;
  }
}
