import { setTimeout as pause } from "node:timers/promises";

import type { RecordedEvent } from "@tidemark/core";

import type { EventPlace } from "./event-scope";

/** How long to wait after a look that found nothing new. */
const POLL_MS = 250;

/** Yields the events behind a cursor, and then each new one soon after it was stored, until `signal` is aborted. */
export async function* followedEvents(
  place: EventPlace,
  cursor: number,
  signal: AbortSignal,
): AsyncGenerator<RecordedEvent, void, undefined> {
  let seen = cursor;
  while (!signal.aborted) {
    for await (const event of place.after(seen)) {
      if (signal.aborted) return;
      seen = place.cursorOf(event);
      yield event;
    }
    await pause(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}
