import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { promiseRefusal } from "../errors/returned-promise";
import { inWords } from "../wording/in-words";
import type { AggregateLife } from "./aggregate-life";
import { DomainEventRoot, deprecation } from "./domain-event";

/** Returns the error that says why an aggregate cannot raise an event in its present state. */
export function raiseRefusal(aggregate: object, life: AggregateLife, event: unknown): IncorrectUsageError {
  const { name } = aggregate.constructor;
  const subject = `${name} ${JSON.stringify(life.id)}`;
  const raised = event instanceof DomainEventRoot ? event.constructor.name : inWords(event);
  if (life.isTemporal) {
    return new IncorrectUsageError(
      `Cannot change ${subject}: it was loaded as of version ${life.version} and is read-only`,
    );
  }
  if (life.isFolding) {
    return new IncorrectUsageError(
      `${name} cannot raise ${raised} while it folds another event: an @apply method only assigns state`,
    );
  }
  if (life.refusal !== undefined) {
    const message = `Cannot change ${subject}: it refused an earlier change; load it again`;
    return new IncorrectUsageError(message, {}, life.refusal);
  }
  const advice = event instanceof DomainEventRoot ? deprecation(event.constructor) : undefined;
  if (advice !== undefined) return new IncorrectUsageError(`${name} cannot raise ${raised}: it is deprecated${advice}`);
  const reason =
    event instanceof DomainEventRoot
      ? "no @apply method of it folds that event"
      : "raise an instance of an event class";
  return new IncorrectUsageError(`${name} cannot raise ${raised}: ${reason}`);
}

/** Returns the error for an `@apply` method that returned a promise: the state is checked, stored and replayed before it ends. */
export function promiseOfApply(promise: PromiseLike<unknown>, aggregate: object, method: string | symbol): Error {
  const source = `${aggregate.constructor.name}.${String(method)}`;
  return promiseRefusal(promise, source, "an @apply method only assigns state, and nothing waits for it");
}
