import type { DomainEventRoot } from "../elements/domain-event";
import type { EventContext } from "../elements/event-context";
import type { ProjectionRoot } from "../elements/projection";
import type { ClassOf } from "../metadata/class-types";
import { messageMethodDecorator } from "./method-decorator";
import type { ClassOrAdvice, MethodDecoratorBy } from "./method-types";

/** What `@on` takes behind the class of an event. */
export interface OnOptions<E = any> {
  /** Makes the row, where it is missing, with its key and defaults. */
  readonly creates?: boolean;
  /** Skips an event whose row is missing, which is an error otherwise. */
  readonly missing?: "ignore";
  /**
   * Which row the event concerns: the name of a field that holds its key, or a function that gives one key or several. By default the
   * event's field with the name of the projection's key, and the aggregate's id where the event has no such field.
   */
  readonly key?: TextField<E> | ((event: E) => string | readonly string[]);
}

/** The fields of an event that hold text. */
type TextField<E> = { [K in keyof E]: E[K] extends string ? K : never }[keyof E] & string;

/** Decorates a method that takes an event, and checks its parameter in both flavours of the language. */
type OnDecorator = <C>(
  event: ClassOrAdvice<C, DomainEventRoot, "@on takes the class of an event, such as @on(DepositMade)">,
  options?: OnOptions<C extends ClassOf<DomainEventRoot> ? C["prototype"] : never>,
) => MethodDecoratorBy<Reacting<C extends ClassOf<DomainEventRoot> ? C["prototype"] : any>>;

/** A method for events of type `E`: in a projector the row comes before the context. */
interface Reacting<E> {
  readonly takes: (event: E, second: any, context: EventContext) => unknown;
  readonly second: { readonly given: EventContext; readonly or: ProjectionRoot };
  readonly advice: { "@on takes": (event: E, context: EventContext) => void };
  readonly noPromise: "a projection method only folds, so it cannot be async";
}

/**
 * Marks the method of a projection, a projector or an SQL projector that says what one event type does to a row. A method may have
 * several `@on`, and an event several methods.
 *
 * The methods are pure: synchronous, no clock, no I/O. A rebuild calls them again.
 */
export const on = messageMethodDecorator<OnDecorator>("on");
