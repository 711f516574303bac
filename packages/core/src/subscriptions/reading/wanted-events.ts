import type { ConsumedEvent } from "./consumed-event";
import type { Consumer } from "./consumer";
import type { KnownEvents } from "./known-events";
import type { Page } from "./shared-pages";

/** What a page holds for one subscription. */
export interface WantedEvents {
  readonly events: readonly ConsumedEvent[];
  /** Everything up to this position is among the events, or not for the subscription. */
  readonly upTo: number;
  /** The event behind `upTo`, of a type that the code does not know, and the error that says so. */
  readonly unknown?: { readonly event: ConsumedEvent; readonly error: Error };
}

type Verdict = "wanted" | "passed" | "unknown";

/** Picks the events of one subscription out of pages. */
export class WantedEventsOf {
  readonly #verdicts: ReadonlyMap<string, Map<string, Verdict>>;
  /** The same by the numbers of types, which every event of every page is looked up by. */
  readonly #byNumber: Verdict[] = [];

  constructor(
    private readonly consumer: Pick<Consumer, "wants" | "categories">,
    private readonly known: KnownEvents,
  ) {
    this.#verdicts = new Map(consumer.categories.map((category) => [category, new Map()]));
  }

  /**
   * Picks the wanted events behind a position, and those of types that the code does not know: whether they are wanted nobody can tell, and
   * their keys have to wait.
   */
  withUnknown({ events: all, upTo }: Page, position: number): Omit<WantedEvents, "unknown"> {
    const events: ConsumedEvent[] = [];
    for (let index = firstBehind(all, position); index < all.length; index++)
      if (this.#verdict(all[index]!) !== "passed") events.push(all[index]!);
    return { events, upTo };
  }

  /** Picks the wanted events behind a position, up to the first one of a type that the code does not know. */
  in({ events: all, upTo }: Page, position: number): WantedEvents {
    const events: ConsumedEvent[] = [];
    for (let index = firstBehind(all, position); index < all.length; index++) {
      const event = all[index]!;
      const verdict = this.#verdict(event);
      if (verdict === "wanted") events.push(event);
      else if (verdict === "unknown") {
        const error = this.known.unknownError(event.message)!;
        return { events, upTo: event.globalPosition - 1, unknown: { event, error } };
      }
    }
    return { events, upTo };
  }

  #verdict(event: ConsumedEvent): Verdict {
    const { typeNumber } = event;
    if (typeNumber === undefined) return this.#verdictByNames(event);
    let verdict = this.#byNumber[typeNumber];
    if (verdict === undefined) {
      verdict = this.#verdictByNames(event);
      this.#byNumber[typeNumber] = verdict;
    }
    return verdict;
  }

  #verdictByNames(event: ConsumedEvent): Verdict {
    const { category, type } = event.message;
    const verdicts = this.#verdicts.get(category);
    if (verdicts === undefined) return "passed";
    let verdict = verdicts.get(type);
    if (verdict === undefined) {
      verdict = this.#judge(event);
      verdicts.set(type, verdict);
    }
    return verdict;
  }

  #judge({ message, category, type }: ConsumedEvent): Verdict {
    if (this.known.isReadable(category, type)) return this.consumer.wants(type) ? "wanted" : "passed";
    return this.known.unknownError(message) === undefined ? "passed" : "unknown";
  }
}

/** Those of the events that lie behind a position. */
export function eventsBehind(events: readonly ConsumedEvent[], position: number): readonly ConsumedEvent[] {
  const first = firstBehind(events, position);
  return first === 0 ? events : events.slice(first);
}

/** The index of the first event behind a position. */
function firstBehind(events: readonly ConsumedEvent[], position: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (events[middle]!.globalPosition <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}
