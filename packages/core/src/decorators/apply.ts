import type { Class } from "../metadata/class-types";
import { messageMethodDecorator } from "./method-decorator";

/**
 * Decorates a method that takes one event. With a class, the compiler checks the method's parameter against it, in both flavours
 * of the language. Bare, the class comes from the emitted type of the parameter.
 */
interface ApplyDecorator {
  <E extends object>(
    event: Class<E>,
  ): {
    <M extends (event: E) => unknown>(
      target: object,
      method: string | symbol,
      descriptor: TypedPropertyDescriptor<M>,
    ): void;
    <T, M extends (this: T, event: E) => unknown>(method: M, context: ClassMethodDecoratorContext<T, M>): void;
  };
  <M extends (event: any) => unknown>(
    target: object,
    method: string | symbol,
    descriptor: TypedPropertyDescriptor<M>,
  ): void;
  <T, M extends (this: T, event: any) => unknown>(method: M, context: ClassMethodDecoratorContext<T, M>): void;
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
