import { bucketOf } from "./buckets";
import type { ConsumedEvent } from "./consumed-event";
import type { Consumer } from "./consumer";
import type { Page } from "./shared-pages";
import { eventsBehind, type WantedEvents, type WantedEventsOf } from "./wanted-events";

/** The events of a page that are for a subscription, by bucket. */
interface PartedPage extends Omit<WantedEvents, "events"> {
  readonly byBucket: ReadonlyMap<number, readonly ConsumedEvent[]>;
}

/** Parts pages by the buckets of keys, each page once for all lines of a subscription. */
export class PageParts {
  readonly #parted = new WeakMap<Page, PartedPage>();

  constructor(
    private readonly consumer: Pick<Consumer, "keysOf">,
    private readonly wanted: WantedEventsOf,
    private readonly buckets: number,
  ) {}

  of(page: Page): PartedPage {
    let parted = this.#parted.get(page);
    if (parted === undefined) {
      parted = this.#part(page);
      this.#parted.set(page, parted);
    }
    return parted;
  }

  /** The events of one bucket behind a position. */
  in(page: Page, position: number, bucket: number): WantedEvents {
    const { byBucket, ...others } = this.of(page);
    return { ...others, events: eventsBehind(byBucket.get(bucket) ?? [], position) };
  }

  #part(page: Page): PartedPage {
    const { events, ...others } = this.wanted.withUnknown(page, page.after);
    const byBucket = new Map<number, ConsumedEvent[]>();
    for (const event of events) {
      const [key] = this.consumer.keysOf(event) as readonly [string];
      const bucket = bucketOf(key, this.buckets);
      const found = byBucket.get(bucket);
      if (found === undefined) byBucket.set(bucket, [event]);
      else found.push(event);
    }
    return { ...others, byBucket };
  }
}
