import type { EventLog } from "../ports/event-log";

/**
 * Says that rows cannot be folded again, because events of theirs were forgotten; undefined where they can.
 * @param after the global position behind which the events are needed.
 */
export async function forgottenEvents(
  log: Pick<EventLog, "forgottenUpTo">,
  categories: readonly string[],
  after: number,
): Promise<string | undefined> {
  const upTo = (await log.forgottenUpTo?.(categories)) ?? 0;
  if (upTo <= after) return undefined;
  return `events that its rows are made of were forgotten, up to global position ${upTo} (keep_events): the rows would lack them`;
}
