import type { CommandRoot } from "../elements/command";
import type { EventContext } from "../elements/event-context";
import type { EventMetadata } from "../elements/event-metadata";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { FoldedEvent } from "./folded-event";

/** What the methods of projections are told about an event: facts, and nothing that reaches outside. */
export class PureContext implements EventContext {
  readonly #event: FoldedEvent;
  readonly #place: string;
  #isDeleted = false;

  /** @param place the method that is given the context: `AccountSummary.deposited`. */
  constructor(event: FoldedEvent, place: string) {
    this.#event = event;
    this.#place = place;
  }

  get eventId(): string {
    return this.#event.eventId;
  }

  get type(): string {
    return this.#event.type;
  }

  get stream(): string {
    return this.#event.stream;
  }

  get aggregateId(): string {
    return this.#event.aggregateId;
  }

  get position(): number {
    return this.#event.position;
  }

  get globalPosition(): number {
    return this.#event.globalPosition;
  }

  get recordedAt(): Date {
    return new Date(this.#event.time);
  }

  get metadata(): EventMetadata {
    return this.#event.metadata;
  }

  get attempt(): number {
    return 1;
  }

  get signal(): AbortSignal {
    return NEVER;
  }

  /** Whether the method has deleted its row. */
  get isDeleted(): boolean {
    return this.#isDeleted;
  }

  /** @throws IncorrectUsageError always, at once. */
  process(_command: CommandRoot): never {
    const reason = "a projection only folds events; process commands in an event handler";
    throw new IncorrectUsageError(`Cannot process a command in ${this.#place}: ${reason}`, { place: this.#place });
  }

  delete(): void {
    this.#isDeleted = true;
  }
}

const NEVER = new AbortController().signal;
