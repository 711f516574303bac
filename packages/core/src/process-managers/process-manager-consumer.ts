import type { FailurePolicy } from "../config/failure-policy";
import type { StartFrom } from "../model/event-handler-model";
import type { ConsumedEvent } from "../subscriptions/reading/consumed-event";
import type { Consumer, Feed } from "../subscriptions/reading/consumer";
import { ProcessFeed, type ProcessFeedParts } from "./process-feed";

interface ProcessManagerConsumerParts extends Omit<ProcessFeedParts, "idsOf" | "categories"> {
  readonly onFailure?: FailurePolicy | undefined;
  /** How many events it is given at once, at most. */
  readonly batch: number;
}

/** Gives events to the instances of a process manager. Each instance has its own order. */
export class ProcessManagerConsumer implements Consumer {
  readonly subscription: string;
  readonly name: string;
  readonly kind = "process manager";
  readonly lane: string;
  readonly categories: readonly string[];
  readonly startFrom: StartFrom | undefined;
  /** Its methods are pure: what has failed would fail again. */
  readonly retry = { attempts: 0, firstMs: 0, maxMs: 0 };
  readonly onFailure: FailurePolicy;
  readonly batch: number;
  readonly isOneLine = false;
  readonly isGrouped = true;
  readonly #parts: ProcessFeedParts;
  readonly #ids = new WeakMap<ConsumedEvent, FoundIds>();

  constructor({ onFailure = "park", batch, ...parts }: ProcessManagerConsumerParts) {
    const { name, lane, category, sources, startFrom } = parts.steps.model;
    this.subscription = name;
    this.name = name;
    this.lane = lane;
    this.categories = [category, ...sources.map((source) => source.category)];
    this.startFrom = startFrom;
    this.onFailure = onFailure;
    this.batch = batch;
    this.#parts = { ...parts, categories: this.categories, idsOf: (event) => idsIn(this.#find(event)) };
  }

  wants(type: string): boolean {
    return this.#parts.steps.wants(type);
  }

  /** The ids of the instances. The stream stands for them where there is none, and the aggregate's id where they cannot be told. */
  keysOf(event: ConsumedEvent): readonly string[] {
    const { ids } = this.#find(event);
    if (ids === undefined || event.typeNumber === undefined) return [event.aggregateId];
    return ids.length === 0 ? [event.stream] : ids;
  }

  begin(): Feed {
    return new ProcessFeed(this.#parts);
  }

  /** The correlation of an event is asked once, however often the event is looked at. */
  #find(event: ConsumedEvent): FoundIds {
    let found = this.#ids.get(event);
    if (found === undefined) {
      found = this.#tried(event);
      this.#ids.set(event, found);
    }
    return found;
  }

  #tried(event: ConsumedEvent): FoundIds {
    try {
      return { ids: this.#parts.steps.idsOf(event), error: undefined };
    } catch (error) {
      return { ids: undefined, error };
    }
  }
}

type FoundIds =
  | { readonly ids: readonly string[]; readonly error: undefined }
  | { readonly ids: undefined; readonly error: unknown };

function idsIn({ ids, error }: FoundIds): readonly string[] {
  if (ids === undefined) throw error;
  return ids;
}
