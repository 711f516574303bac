import type { CommandRoot } from "../elements/command";
import type { CommandContext } from "../elements/command-context";
import type { DomainEventRoot } from "../elements/domain-event";
import type { EventContext } from "../elements/event-context";
import type { ClassOf } from "../metadata/class-types";
import { messageMethodDecorator } from "./method-decorator";
import type { ClassOrAdvice, MethodDecoratorBy } from "./method-types";

/** What `@handle` takes behind the class of an event. */
export interface HandleOptions {
  /** Gives the method arrays of events and of their contexts. By default what the class says. */
  readonly batch?: boolean;
}

/**
 * Decorates a method that takes a command or an event and, if it wants, the context. With a class, the compiler checks the method's
 * parameter and result against it, in both flavours of the language. Bare, the class comes from the emitted type of the parameter.
 *
 * Options are judged with the method: a parameter that refused them would lead to a message about both forms of the decorator.
 */
type HandleDecorator = (<C, const Options extends HandleOptions | object = HandleOptions>(
  message: ClassOrAdvice<
    C,
    CommandRoot | DomainEventRoot,
    "@handle takes the class of a command or an event, such as @handle(MakeDeposit)"
  >,
  options?: Options,
) => MethodDecoratorBy<
  C extends ClassOf<CommandRoot<infer R>>
    ? HandleOptions extends Options
      ? Handling<C["prototype"], R>
      : Refused<"@handle has no options behind a command">
    : C extends ClassOf<DomainEventRoot>
      ? Options extends HandleOptions
        ? Options extends { readonly batch: true }
          ? HandlingEvents<C["prototype"]>
          : Options extends { readonly batch: false }
            ? HandlingEvent<C["prototype"]>
            : HandlingEither<C["prototype"]>
        : Refused<"the options of @handle are such as { batch: true }">
      : HandlingAny
>) &
  MethodDecoratorBy<HandlingAny>;

/** Refuses every method. */
interface Refused<Advice> {
  readonly takes: never;
  readonly advice: Advice;
}

/** A method that handles a command of type `C`, which declares the result `R`. */
interface Handling<C, R> {
  readonly takes: (command: C, context: CommandContext) => R | Promise<R>;
  readonly advice: { "@handle takes": (command: C) => Promise<R> };
}

/** A method whose message is known at run time only. */
interface HandlingAny {
  readonly takes: (message: any, context: CommandContext & EventContext) => unknown;
  readonly advice: "a @handle method takes a command or an event, and its context";
}

/** A method that handles an event of type `E`. */
interface HandlingEvent<E> {
  readonly takes: (event: E, context: EventContext) => unknown;
  readonly advice: { "@handle takes": (event: E, context: EventContext) => unknown };
}

/** A method whose class says whether it takes one event or several. */
interface HandlingEither<E> {
  readonly takes: HandlingEvent<E>["takes"] | HandlingEvents<E>["takes"];
  readonly advice: HandlingEvent<E>["advice"];
}

interface HandlingEvents<E> {
  readonly takes: (events: readonly E[], contexts: readonly EventContext[]) => unknown;
  readonly advice: { "@handle takes": (events: readonly E[], contexts: readonly EventContext[]) => unknown };
}

/**
 * Marks the method of a command handler that carries out one command. `domain.process` resolves to what the method returns, or
 * resolves to. When the method throws, `domain.process` rejects with that error, and nothing that the method added is stored.
 *
 * The method runs again from its start when another writer was faster, so it must do nothing that must not be done twice.
 *
 * In an event handler it marks a method that is called after an event was stored, at least once: `@handle(AccountOpened)`, or
 * `@handle(anyEvent)` for every event of the domain.
 *
 * @throws ConfigurationError at `domain.init()` when another method handles the command already.
 */
export const handle = messageMethodDecorator<HandleDecorator>("handle");
