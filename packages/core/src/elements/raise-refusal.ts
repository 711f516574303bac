import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { AggregateLife } from "./aggregate-life";
import { deprecation } from "./deprecation";
import { DomainEventRoot } from "./domain-event";

/** Why an aggregate cannot raise an event just now, as the error to throw. */
export function raiseRefusal(aggregate: object, life: AggregateLife, event: unknown): IncorrectUsageError {
  const { name } = aggregate.constructor;
  const [subject, raised] = [`${name} ${JSON.stringify(life.id)}`, describe(event)];
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

function describe(event: unknown): string {
  if (typeof event === "function") return `the class ${event.name}`;
  if (typeof event !== "object" || event === null) return String(event);
  const type: unknown = event.constructor;
  const isPlain = type === undefined || type === Object || typeof type !== "function";
  return isPlain ? "a plain object" : type.name;
}
