import { type DomainError, IncorrectUsageError, ValidationError } from "@tidemark/core";

interface GivenResultParts<A> {
  readonly aggregate: A | undefined;
  /** For the error where there is none: `Account "acc-123"`. */
  readonly aggregateName: string;
  /** Events and outcome of each command, in order. */
  readonly commands: readonly ProcessedCommand[];
}

/** What became of one command. */
export interface ProcessedCommand {
  readonly events: readonly object[];
  /** What the handler returned. */
  readonly returned: unknown;
  readonly rejection: DomainError | undefined;
}

/** What became of the commands after what was given. */
export class GivenResult<A> {
  readonly #parts: GivenResultParts<A>;
  /** Why the last command was rejected; undefined where it was accepted. */
  readonly rejection: DomainError | undefined;
  /** What the last command made happen, of any aggregate: instances of the registered classes, oldest first. */
  readonly events: readonly object[];
  /** What all commands of the chain made happen. The given events are not among them. */
  readonly allEvents: readonly object[];
  /** What the last command's handler returned. */
  readonly returned: unknown;

  constructor(parts: GivenResultParts<A>) {
    const last = parts.commands.at(-1);
    this.#parts = parts;
    this.rejection = last?.rejection;
    this.events = last?.events ?? [];
    this.allEvents = parts.commands.flatMap(({ events }) => events);
    this.returned = last?.returned;
  }

  /** Whether the last command was carried out; false where there was none. */
  get accepted(): boolean {
    return this.#parts.commands.length > 0 && this.rejection === undefined;
  }

  /** Whether the last command was refused; false where there was none. */
  get rejected(): boolean {
    return this.rejection !== undefined;
  }

  /** The complaints of a `ValidationError` without their fields, or the message of any other error; none when accepted. */
  get rejectionMessages(): string[] {
    const { rejection } = this;
    if (rejection === undefined) return [];
    return rejection instanceof ValidationError ? Object.values(rejection.messages).flat() : [rejection.message];
  }

  /** Those events of the last command that are of one class, typed. */
  eventsOf<E extends object>(type: abstract new (...values: any[]) => E): readonly E[] {
    return this.events.filter((event): event is E => event instanceof type);
  }

  /**
   * The aggregate after all that happened, loaded anew.
   * @throws IncorrectUsageError when nothing has happened to it, given events included.
   */
  get aggregate(): A {
    const { aggregate, aggregateName } = this.#parts;
    if (aggregate !== undefined) return aggregate;
    const reasons = this.rejectionMessages.map((message) => `; the last command was rejected: ${message}`);
    throw new IncorrectUsageError(
      `There is no ${aggregateName}: nothing has made it, or it was deleted${reasons.join("")}`,
    );
  }
}
