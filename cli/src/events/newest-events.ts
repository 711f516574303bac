import type { RecordedEvent } from "@tidemark/core";

import type { EventPlace } from "./event-scope";
import type { Scan } from "./scan";

/** The first stretch that is read from the end; each further one is twice as long. */
const FIRST_STRETCH = 512;

/**
 * Finds the newest events that are wanted, and returns them oldest first. Reads the place from its end, in stretches that do
 * not overlap, until enough are found; so the newest events of a large store are found at once.
 */
export async function newestEvents(
  place: EventPlace,
  { limit, isWanted, scan }: { limit: number; isWanted: (event: RecordedEvent) => boolean; scan: Scan },
): Promise<readonly RecordedEvent[]> {
  let found: readonly RecordedEvent[] = [];
  let end = await endOf(place);
  for (let length = FIRST_STRETCH; end > 0 && found.length < limit && !scan.isStopped; length *= 2) {
    const start = Math.max(0, end - length);
    const inStretch: RecordedEvent[] = [];
    for await (const event of scan.over(place.after(start, end - start))) {
      if (place.cursorOf(event) > end) break;
      if (!isWanted(event)) continue;
      inStretch.push(event);
      if (found.length + inStretch.length > limit) inStretch.shift();
    }
    found = [...inStretch, ...found];
    end = start;
  }
  return found;
}

/** Finds the cursor of the last event, with a few reads of one event: stores are read forwards only. */
export async function endOf(place: EventPlace): Promise<number> {
  let known = 0;
  let step = 1;
  for (;;) {
    const event = await first(place.after(known + step - 1, 1));
    if (event !== undefined) {
      known = place.cursorOf(event);
      step *= 2;
    } else if (step > 1) {
      // Something may lie between the last event known and here.
      step = Math.ceil(step / 4);
    } else return known;
  }
}

async function first<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item;
  return undefined;
}
