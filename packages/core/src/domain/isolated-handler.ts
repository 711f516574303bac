import type { CommandRoot } from "../elements/command";
import type { EventHandlerConsumer } from "../event-handlers/event-handler-consumer";
import type { CommandsOfHandlers } from "../event-handlers/handler-context";
import type { Class } from "../metadata/class-types";
import type { RecordedMessage } from "../ports/stored-message";
import { KnownEvents } from "../subscriptions/reading/known-events";
import type { Runtime } from "./runtime";

export interface IsolatedHandlerParts {
  /** The object to call; made by the domain's resolver where absent. */
  readonly instance?: object | undefined;
  /** Called with each command, before it is processed. */
  readonly processed: (command: CommandRoot) => void;
}

const NEVER = new AbortController().signal;

/** Calls an event handler of an isolated domain as a server does, for one stored event after the other. */
export class IsolatedHandler {
  readonly #consumer: EventHandlerConsumer;
  readonly #known: KnownEvents;

  constructor(
    private readonly domain: { readonly run: <T>(body: () => T) => T; readonly foldSeeds: () => Promise<void> },
    private readonly runtime: Runtime,
    type: Class,
    { instance, processed }: IsolatedHandlerParts,
  ) {
    const { processor } = runtime;
    const commands: CommandsOfHandlers = {
      nameOf: (command) => processor.nameOf(command),
      process: async (command, idempotencyKey) => {
        processed(command as CommandRoot);
        return await processor.process(command, { idempotencyKey });
      },
    };
    this.#consumer = runtime.consumption.handlerConsumer(type, commands, instance);
    this.#known = new KnownEvents(Array.from(runtime.aggregates.values(), ({ model }) => model));
  }

  /**
   * Hands over the event at a global position, once.
   * @returns what a method threw; undefined where none did, or none is for the event.
   */
  async handle(globalPosition: number): Promise<{ readonly error: unknown } | undefined> {
    const { messages } = await this.runtime.adapter.log.readAll({ after: globalPosition - 1, limit: 1 });
    const event = this.#known.shared(messages[0] as RecordedMessage);
    if (!this.#consumer.wants(event.type)) return undefined;
    await this.domain.foldSeeds();
    const { failure } = await this.domain.run(() => this.#consumer.consume([event], { number: 1, signal: NEVER }));
    return failure;
  }
}
