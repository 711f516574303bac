import { messageMethodDecorator } from "./message-method";

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
export const apply = messageMethodDecorator("apply");
