import type { ParkedKey } from "../../ports/subscription-store";
import type { Engine } from "../engine";
import { ASIDE_STATES } from "../failures/keys-aside";
import type { Consumer } from "../reading/consumer";
import type { KnownEvents } from "../reading/known-events";
import { WantedEventsOf } from "../reading/wanted-events";
import { consumersNamed } from "./consumers-named";

const EVENTS_AT_ONCE = 1_000;

/** Which key is meant. */
export interface WaitingEventsOptions {
  /** The name of the projection or handler. */
  readonly subscription: string;
  readonly key: string;
}

/** Counts the events that wait because an earlier one of their key has failed. */
export class WaitingEvents {
  constructor(
    private readonly engine: Pick<Engine, "consumers" | "operations" | "parts">,
    private readonly known: KnownEvents,
  ) {}

  /** @returns 0 for a key that is not set aside. @throws IncorrectUsageError for a name that no subscription has. */
  async count({ subscription: name, key }: WaitingEventsOptions): Promise<number> {
    const { consumers, operations } = this.engine;
    let count = 0;
    for (const consumer of consumersNamed(name, consumers, "Cannot count what waits for")) {
      const { subscription } = consumer;
      const [first] = await operations.subscriptions.parked({ subscription, keys: [key], states: ASIDE_STATES });
      if (first !== undefined) count += await this.#countBehind(consumer, first);
    }
    return count;
  }

  async #countBehind(consumer: Consumer, { key, position }: Pick<ParkedKey, "key" | "position">): Promise<number> {
    const { log } = this.engine.parts.adapter;
    const { categories } = consumer;
    const wanted = new WantedEventsOf(consumer, this.known);
    let count = 0;
    for (let after = position; ; ) {
      const { messages, upTo, atEnd } = await log.readAll({ after, limit: EVENTS_AT_ONCE, categories });
      const events = messages.map((message) => this.known.shared(message));
      const page = wanted.withUnknown({ after, upTo, atEnd, events, signs: 0 }, after);
      count += page.events.filter((event) => consumer.keysOf(event).includes(key)).length;
      if (atEnd) return count;
      after = upTo;
    }
  }
}
