import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { ObjectNotFoundError } from "../errors/object-not-found-error";
import { promiseRefusal } from "../errors/returned-promise";
import type { Class } from "../metadata/class-types";
import { otherCopyOf, twoCopies } from "../metadata/package-copy";
import { inWords, nameAndId } from "../wording/in-words";
import { LOADED_TWICE } from "../wording/twin-class";
import type { AggregateLife } from "./aggregate-life";
import { DomainEventRoot, deprecation } from "./domain-event";
import { foldsOf } from "./fold-table";
import { nameOfAggregate, ownerInWords } from "./open-classes";

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
  if (life.isOpen && life.change === "checking")
    return new IncorrectUsageError(`${name} cannot raise ${raised} in an invariant, which only checks the state`);
  if (life.refusal !== undefined) {
    const message = `Cannot change ${subject}: it refused an earlier change; load it again`;
    return new IncorrectUsageError(message, {}, life.refusal);
  }
  const advice = event instanceof DomainEventRoot ? deprecation(event.constructor) : undefined;
  if (advice !== undefined) return new IncorrectUsageError(`${name} cannot raise ${raised}: it is deprecated${advice}`);
  const copy = typeof event === "object" && event !== null ? otherCopyOf(event.constructor) : undefined;
  const expected = copy === undefined ? "raise an instance of an event class" : `the event is of ${twoCopies(copy)}`;
  if (life.isOpen && event instanceof DomainEventRoot)
    return new IncorrectUsageError(
      `${name} cannot raise ${raised}: ${foreignEvent(event.constructor as Class, aggregate.constructor as Class)}`,
    );
  const twin = foldsOf(aggregate.constructor as Class).some(({ event: folded }) => folded?.name === raised);
  const unfolded = twin
    ? `it folds another class of that name: ${LOADED_TWICE}`
    : "no @apply method of it folds that event";
  const reason = event instanceof DomainEventRoot ? unfolded : expected;
  return new IncorrectUsageError(`${name} cannot raise ${raised}: ${reason}`);
}

/** Says why an event is none of an open aggregate. */
function foreignEvent(event: Class, aggregate: Class): string {
  const owner = ownerInWords(event);
  const name = nameOfAggregate(aggregate);
  return owner === undefined
    ? `it is not declared as an event; write @event({ partOf: ${JSON.stringify(name)} })`
    : `it is part of ${owner}, not of ${name}`;
}

/** Returns the error for an `@apply` method that returned a promise: the state is checked, stored and replayed before it ends. */
export function promiseOfApply(promise: PromiseLike<unknown>, aggregate: object, method: string | symbol): Error {
  const source = `${aggregate.constructor.name}.${String(method)}`;
  return promiseRefusal(promise, source, "an @apply method only assigns state, and nothing waits for it");
}

/**
 * Returns the error for an `@apply` method or an invariant that did not find an entity. Whoever asked for the change is not to
 * blame: the method that raised the event has to look first.
 */
export function missingPart(missing: ObjectNotFoundError, aggregate: { readonly id: string }, event: object): Error {
  const raised = event.constructor.name;
  return new IncorrectUsageError(
    `${nameAndId(aggregate)} cannot fold ${raised}: ${lowerFirst(missing.message)}; check that before raising ${raised}`,
    { aggregate: aggregate.constructor.name, id: aggregate.id, event: raised, missing: missing.details },
    missing,
  );
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
