import type { CommandRoot } from "../elements/command";
import type { EventContext } from "../elements/event-context";
import type { EventMetadata } from "../elements/event-metadata";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { ProcessEvent } from "./process-event";

/** What the methods of process managers are told about an event: facts, and nothing that reaches outside. */
export class ProcessContext implements EventContext {
  readonly #event: ProcessEvent;
  readonly #place: string;

  /** @param place the method that is given the context: `FundsTransfer.asked`. */
  constructor(event: ProcessEvent, place: string) {
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

  /** @throws IncorrectUsageError always, at once. */
  process(_command: CommandRoot): never {
    const reason = "a process manager decides and does not wait; issue commands with this.issue()";
    throw new IncorrectUsageError(`Cannot process a command in ${this.#place}: ${reason}`, { place: this.#place });
  }

  /** @throws IncorrectUsageError always. */
  delete(): never {
    const reason = "context.delete() is for projections; end the instance with this.complete()";
    throw new IncorrectUsageError(`Cannot delete a row in ${this.#place}: ${reason}`, { place: this.#place });
  }
}

const NEVER = new AbortController().signal;
