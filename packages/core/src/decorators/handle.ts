import type { CommandRoot } from "../elements/command";
import type { CommandContext } from "../elements/command-context";
import type { DomainEventRoot } from "../elements/domain-event";
import type { EventContext } from "../elements/event-context";
import type { ProcessManagerRoot } from "../elements/process-manager";
import type { ClassOf } from "../metadata/class-types";
import { messageMethodDecorator } from "./method-decorator";
import type { ClassOrAdvice, MethodDecoratorBy, MethodDecoratorByClass } from "./method-types";

/** What `@handle` takes behind the class of an event in an event handler. */
export interface HandleOptions {
  /** Gives the method arrays of events and of their contexts. By default what the class says. */
  readonly batch?: boolean;
}

/** What `@handle` takes behind the class of an event in a process manager. */
export interface ProcessHandleOptions<E = any> {
  /** Whether the event starts an instance that is not there. Default false. */
  readonly start?: boolean;
  /** Whether the instance ends when the method returns, as with `complete()`. Default false. */
  readonly end?: boolean;
  /** Which instances the event is for. By default the one whose id is in the event's field with the name of the id. */
  readonly correlate?: Correlation<E>;
}

/**
 * Says which instances of a process manager an event is for: by the name of a field of the event, by the same written with the field of the
 * process manager (`{ transferId: "reference" }`), or by a function. A list of ids stands for several instances; nothing, for none.
 */
export type Correlation<E = any> =
  | IdField<E>
  | { readonly [keyField: string]: IdField<E> }
  | ((event: E, context: EventContext) => string | readonly string[] | undefined);

/** The fields of an event that hold an id, a list of ids, or nothing. */
type IdField<E> = {
  [K in keyof E]-?: E[K] extends string | readonly string[] | null | undefined ? K : never;
}[keyof E] &
  string;

/**
 * Decorates a method that takes a command or an event and, if it wants, the context. With a class, the compiler checks the method's
 * parameter and result against it, in both flavours of the language. Bare, the class comes from the emitted type of the parameter.
 *
 * Options are judged with the method: a parameter that refused them would lead to a message about both forms of the decorator.
 */
type HandleDecorator = (<C, const Options extends WrittenOptions<C> = WrittenOptions<C>>(
  message: ClassOrAdvice<
    C,
    CommandRoot | DomainEventRoot,
    "@handle takes the class of a command or an event, such as @handle(MakeDeposit)"
  >,
  options?: Options,
) => IsAny<C> extends true
  ? MethodDecoratorBy<HandlingAny>
  : C extends ClassOf<CommandRoot<infer R>>
    ? MethodDecoratorBy<
        HandleOptions extends Options ? Handling<C["prototype"], R> : Refused<"@handle has no options behind a command">
      >
    : C extends ClassOf<DomainEventRoot>
      ? HandleOptions extends Options
        ? MethodDecoratorByClass<HandlingEither<C["prototype"]>, ProcessManagerRoot, Stepping<C["prototype"]>>
        : DecoratorBy<Options, C["prototype"]>
      : MethodDecoratorBy<HandlingAny>) &
  MethodDecoratorBy<HandlingAny>;

/** Whether a class is known at run time only. */
type IsAny<C> = 0 extends 1 & C ? true : false;

/** Any options. By the first two, the compiler knows the parameters of a function in them; so it does by the default alone. */
type WrittenOptions<C> =
  | HandleOptions
  | ProcessHandleOptions<C extends ClassOf<DomainEventRoot> ? C["prototype"] : never>
  | object;

/** What the options behind an event of type `E` ask of the method. */
type DecoratorBy<Options, E> = [UnknownOption<Options>] extends [never]
  ? "batch" extends keyof Options
    ? MethodDecoratorByClass<
        RuleByBatch<Options, E>,
        ProcessManagerRoot,
        Refused<"batch is an option of event handlers: a process manager takes events one by one">
      >
    : Options extends ProcessHandleOptions<E>
      ? MethodDecoratorByClass<
          Refused<"start, end and correlate are options of @handle in process managers">,
          ProcessManagerRoot,
          Stepping<E>
        >
      : MethodDecoratorBy<Refused<AdviceAbout<Options>>>
  : MethodDecoratorBy<Refused<`@handle has no option "${UnknownOption<Options>}"`>>;

type RuleByBatch<Options, E> = Options extends { readonly batch: true }
  ? HandlingEvents<E>
  : Options extends { readonly batch: false }
    ? HandlingEvent<E>
    : Options extends HandleOptions
      ? HandlingEither<E>
      : Refused<"the option batch of @handle is true or false">;

type UnknownOption<Options> = Exclude<keyof Options & string, keyof (HandleOptions & ProcessHandleOptions)>;

/** What is wrong with the options of a process manager's method. */
type AdviceAbout<Options> = Options extends { readonly correlate: infer Written }
  ? Written extends string
    ? `the event has no field "${Written}" that holds an id or a list of ids`
    : Written extends AnyFunction
      ? "a function correlates by one id, a list of ids, or undefined"
      : Written extends { readonly [keyField: string]: infer Field extends string }
        ? `the event has no field "${Field}" that holds an id or a list of ids`
        : 'correlate is the name of a field, { keyField: "field" }, or a function of the event'
  : "start and end of @handle are true or false";

type AnyFunction = (...parameters: never[]) => unknown;

/** A method of a process manager for an event of type `E`. */
interface Stepping<E> {
  readonly takes: (event: E, context: EventContext) => unknown;
  readonly advice: { "@handle takes": (event: E, context: EventContext) => void };
  readonly noPromise: "a process manager decides at once, so its methods cannot be async";
}

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
 * In a process manager it marks what an event does to an instance: `@handle(TransferAsked, { start: true, correlate: "transferId" })`. The
 * method is synchronous. It changes the state and calls `issue`, `setTimer`, `cancelTimer` and `complete`; all of that is stored at once.
 *
 * @throws ConfigurationError at `domain.init()` when another method handles the command already, or the event in the same process manager.
 */
export const handle = messageMethodDecorator<HandleDecorator>("handle");
