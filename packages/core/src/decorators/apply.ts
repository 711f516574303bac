import type { DomainEventRoot } from "../elements/domain-event";
import type { ClassOf } from "../metadata/class-types";
import { messageMethodDecorator } from "./method-decorator";
import type { ClassOrAdvice, MethodDecoratorBy } from "./method-types";

/**
 * Decorates a method that takes one event. With a class, the compiler checks the method's parameter against it, in both flavours
 * of the language. Bare, the class comes from the emitted type of the parameter.
 */
type ApplyDecorator = (<C>(
  event: ClassOrAdvice<C, DomainEventRoot, "@apply takes the class of an event, such as @apply(DepositMade)">,
) => MethodDecoratorBy<Folding<C extends ClassOf<DomainEventRoot> ? C["prototype"] : any>>) &
  MethodDecoratorBy<Folding<any>>;

/** A method that folds an event of type `E`. */
interface Folding<E> {
  readonly takes: (event: E) => unknown;
  readonly advice: { "@apply takes": (event: E) => void };
  readonly noPromise: "an @apply method only assigns state, so it cannot be async";
}

/**
 * Marks the method that folds one event type into its aggregate's state.
 *
 * Runs when the event is raised and again on every replay, so it only assigns state:
 * no validation, no clock, no I/O.
 *
 * `@apply(DepositMade)` is checked by the compiler against the parameter. Bare `@apply` takes the event from the parameter's
 * emitted type, which needs `experimentalDecorators` and `emitDecoratorMetadata`.
 *
 * @throws ConfigurationError at `domain.init()` when the class already folds the event.
 */
export const apply = messageMethodDecorator<ApplyDecorator>("apply");
