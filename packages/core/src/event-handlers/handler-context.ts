import { createHash } from "node:crypto";
import type { HandledEvent } from "../causation/handled-event";
import type { CommandRoot } from "../elements/command";
import type { EventContext } from "../elements/event-context";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { MAX_IDENTIFIER_LENGTH } from "../schema/identifier";
import type { ConsumedEvent } from "../subscriptions/reading/consumed-event";
import { EventFacts } from "../subscriptions/reading/event-facts";

/** The commands of the domain, as event handlers use them. */
export interface CommandsOfHandlers {
  /** Gives the type of a command, which stays when a bundler renames its class. @throws IncorrectUsageError as `process` does. */
  readonly nameOf: (command: object) => string;
  /** Runs a command once for its key. */
  readonly process: (command: object, idempotencyKey: string) => Promise<unknown>;
}

/** What one attempt at an event shares between the methods that are called for it. */
export class AttemptAtEvent {
  /** How many commands of each type were processed. */
  #counts: Map<string, number> | undefined;

  constructor(
    readonly event: ConsumedEvent,
    readonly handled: HandledEvent,
    readonly number: number,
    private readonly commands: CommandsOfHandlers,
  ) {}

  /**
   * Processes a command under a key made of the handler, the event, and which one of its type the command is in this attempt: another
   * attempt comes to the same keys.
   */
  async process<R>(command: CommandRoot<R>): Promise<R> {
    const { handler } = this.handled;
    const type = this.commands.nameOf(command);
    this.#counts ??= new Map();
    const ordinal = this.#counts.get(type) ?? 0;
    this.#counts.set(type, ordinal + 1);
    return (await this.commands.process(command, keyOf([handler, this.event.eventId, type, String(ordinal)]))) as R;
  }
}

/** What a method of an event handler is given beside the event. */
export class HandlerContext extends EventFacts implements EventContext {
  constructor(
    private readonly attempted: AttemptAtEvent,
    private readonly limit: { readonly signal: AbortSignal },
  ) {
    super(attempted.event);
  }

  get attempt(): number {
    return this.attempted.number;
  }

  get signal(): AbortSignal {
    return this.limit.signal;
  }

  async process<R>(command: CommandRoot<R>): Promise<R> {
    this.signal.throwIfAborted();
    return await this.attempted.process(command);
  }

  delete(): void {
    const { handler } = this.attempted.handled;
    throw new IncorrectUsageError(`Event handler ${handler} has no row to delete: context.delete() is for projections`);
  }
}

/** A readable key, unless no store could keep it. */
function keyOf(parts: readonly string[]): string {
  const key = parts.join(":");
  return key.length <= MAX_IDENTIFIER_LENGTH ? key : createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
