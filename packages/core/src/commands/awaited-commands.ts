import { handledEvent } from "../causation/handled-event";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { WaitError } from "../errors/wait-error";
import type { Class } from "../metadata/class-types";
import type { RecordedMessage } from "../ports/stored-message";
import type { Progress, WaitOptions } from "../subscriptions/progress";
import { waitTimeoutOf } from "../subscriptions/wait-timeout";
import type { UnitsOfWork } from "../unit-of-work/units-of-work";
import { inWords } from "../wording/in-words";
import type { CommandProcessor, ProcessOptions } from "./command-processor";

interface AwaitedCommandsParts {
  readonly processor: CommandProcessor;
  readonly units: UnitsOfWork;
  readonly progress: Pick<Progress, "reached">;
  /**
   * Finds the subscription of a class, by the identity of its checkpoints; undefined where nobody has to wait for it.
   * @throws IncorrectUsageError for a class without.
   */
  readonly subscriptionOf: (type: Class) => string | undefined;
  /** Finds the end of the log. */
  readonly end: () => Promise<number>;
}

/** What to wait for after a command, and how long. */
interface Wait extends WaitOptions {
  readonly subscriptions: readonly string[];
  readonly position: number;
}

/** Processes commands, and waits until their events are applied. */
export class AwaitedCommands {
  constructor(private readonly parts: AwaitedCommandsParts) {}

  /**
   * @throws IncorrectUsageError in a unit of work, in a handler for its own subscription, and for a class that is no subscription: nothing
   *   is stored then; WaitError when the command was committed and its events are not applied; whatever the command throws.
   */
  async process(command: object, waitFor: readonly Class[], options: ProcessOptions): Promise<unknown> {
    const { processor, units } = this.parts;
    const subscriptions = this.#subscriptions(waitFor);
    const timeoutMs = waitTimeoutOf(options.waitTimeoutMs);
    if (units.isInside)
      throw new IncorrectUsageError(
        `Cannot wait for the events of ${nameOf(command)} in a unit of work: they are stored when the unit ends`,
      );
    let position = 0;
    let events: readonly RecordedMessage[] | undefined;
    const result = await processor.process(command, options, (committed, appended) => {
      position = committed;
      events = appended();
    });
    // The first command with the key was stored at some earlier position.
    if (position === 0 && processor.isKeyed(command, options)) position = await this.parts.end();
    if (position > 0)
      await this.#applied(command, result, { subscriptions, position, timeoutMs, signal: options.signal, events });
    return result;
  }

  async #applied(command: object, result: unknown, { subscriptions, position, ...limits }: Wait): Promise<void> {
    const { progress } = this.parts;
    try {
      await Promise.all(subscriptions.map((one) => progress.reached(one, position, limits)));
    } catch (error) {
      if (!(error instanceof WaitError)) throw error;
      const details = error.details as ConstructorParameters<typeof WaitError>[0];
      throw new WaitError({ ...details, command: nameOf(command) }, { result, cause: error.cause });
    }
  }

  #subscriptions(waitFor: readonly Class[]): readonly string[] {
    if (!Array.isArray(waitFor))
      throw new IncorrectUsageError(
        `"waitFor" takes an array of classes, such as [AccountSummary], not ${inWords(waitFor)}`,
      );
    const own = handledEvent()?.handler;
    return waitFor.flatMap((type) => {
      const subscription = this.parts.subscriptionOf(type);
      if (subscription === undefined) return [];
      if (subscription === own)
        throw new IncorrectUsageError(`${own} cannot wait for itself: it goes on when the handler of this event ends`);
      return [subscription];
    });
  }
}

function nameOf(command: object): string {
  return command.constructor.name;
}
