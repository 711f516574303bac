import type { EventHandlerOptions } from "../decorators/options";
import type { EventContext } from "../elements/event-context";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { Class } from "../metadata/class-types";
import type { FunctionHandler } from "../model/registry";
import { inWords } from "../wording/in-words";

/** What `domain.on` takes about a function: what `@domain.eventHandler` takes about a class, with a name. */
export interface FunctionHandlerOptions<Batch extends boolean = boolean, E = any> extends EventHandlerOptions {
  /** The name of its subscription. */
  readonly name: string;
  /** What its events are kept in order by; see `EventHandlerOptions`. */
  readonly sequentialBy?: KeyField<E> | "all" | ((event: E) => string);
  /** Whether the function takes arrays of events and of their contexts. Default false. */
  readonly batch?: Batch;
}

/** The fields of an event that hold a single value. */
type KeyField<E> = {
  [K in keyof E]-?: E[K] extends string | number | bigint | boolean | Date | null | undefined ? K : never;
}[keyof E] &
  string;

/** A function that is called after an event of type `E` was stored. */
export type EventFunction<E, Batch extends boolean> = Batch extends true
  ? (events: readonly E[], contexts: readonly EventContext[]) => unknown
  : (event: E, context: EventContext) => unknown;

/** @throws IncorrectUsageError for what is no class, no object of options or no function. The rest is checked with the domain. */
export function functionHandler(event: unknown, options: unknown, call: unknown): FunctionHandler {
  const expected: readonly (readonly [fits: boolean, found: unknown, what: string])[] = [
    [typeof event === "function", event, "the class of an event, or anyEvent, first"],
    [typeof options === "object" && options !== null, options, 'options second, such as { name: "welcome-mail" }'],
    [typeof call === "function", call, "a function last"],
  ];
  for (const [fits, found, what] of expected)
    if (!fits) throw new IncorrectUsageError(`domain.on() takes ${what}, not ${inWords(found)}`);
  return {
    event: event as Class,
    options: { ...(options as object) },
    call: call as FunctionHandler["call"],
  };
}
