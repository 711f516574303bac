import { bucketOf } from "../../ports/buckets";
import type { ConsumedEvent } from "../reading/consumed-event";
import type { Consumer } from "../reading/consumer";
import type { Page } from "../reading/shared-pages";
import { eventsBehind, type WantedEvents, type WantedEventsOf } from "../reading/wanted-events";

/** The wanted events of a page, and the buckets of their keys. */
interface PartedPage {
  readonly wanted: Omit<WantedEvents, "unknown">;
  readonly buckets: readonly number[];
}

/** Parts pages by the buckets of keys, each page once for all lines of a subscription. */
export class PageParts {
  readonly #parted = new WeakMap<Page, PartedPage>();

  constructor(
    private readonly consumer: Pick<Consumer, "keysOf">,
    private readonly wanted: WantedEventsOf,
    private readonly buckets: number,
  ) {}

  /** The events of a page behind a position that are for some buckets. Each has one key. */
  in(page: Page, position: number, has: (bucket: number) => boolean): Omit<WantedEvents, "unknown"> {
    const { wanted, buckets } = this.#of(page);
    const events = wanted.events.filter((_, index) => has(buckets[index]!));
    return { ...wanted, events: eventsBehind(events, position) };
  }

  #of(page: Page): PartedPage {
    let parted = this.#parted.get(page);
    if (parted === undefined) {
      const wanted = this.wanted.withUnknown(page, page.after);
      parted = { wanted, buckets: wanted.events.map((event) => this.#bucketOf(event)) };
      this.#parted.set(page, parted);
    }
    return parted;
  }

  #bucketOf(event: ConsumedEvent): number {
    const [key] = this.consumer.keysOf(event) as readonly [string];
    return bucketOf(key, this.buckets);
  }
}
