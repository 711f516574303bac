import type { CommandRoot } from "../elements/command";
import type { EventContext } from "../elements/event-context";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { PureFacts } from "../subscriptions/reading/pure-facts";
import type { FoldedEvent } from "./folded-event";

/** What the methods of projections are told about an event: facts, and nothing that reaches outside. */
export class PureContext extends PureFacts implements EventContext {
  readonly #place: string;
  #isDeleted = false;

  /** @param place the method that is given the context: `AccountSummary.deposited`. */
  constructor(event: FoldedEvent, place: string) {
    super(event);
    this.#place = place;
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
