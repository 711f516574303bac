import type { CommandRoot } from "../elements/command";
import type { EventContext } from "../elements/event-context";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { PureFacts } from "../subscriptions/reading/pure-facts";
import type { ProcessEvent } from "./process-event";

/** What the methods of process managers are told about an event: facts, and nothing that reaches outside. */
export class ProcessContext extends PureFacts implements EventContext {
  readonly #place: string;

  /** @param place the method that is given the context: `FundsTransfer.asked`. */
  constructor(event: ProcessEvent, place: string) {
    super(event);
    this.#place = place;
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
