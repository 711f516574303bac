import type { Resolver } from "../commands/instances";
import { type Clock, systemClock } from "../elements/clock";
import { type IdGenerator, uuidGenerator } from "../elements/id-generator";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { abandon, isPromise } from "../errors/returned-promise";
import { identifierFault } from "../schema/identifier";
import type { DomainOptions } from "./domain-options";

/**
 * Returns the clock and the id generator of a domain. Validates every value of an injected one, because an invalid value would be
 * stored. The domain's own need no validation.
 *
 * @throws IncorrectUsageError for an option `clock`, `ids` or `resolver` that lacks its method.
 */
export function injected({ clock, ids, resolver }: DomainOptions): {
  readonly clock: Clock;
  readonly ids: IdGenerator;
} {
  if (resolver !== undefined) checkResolver(resolver);
  return {
    clock: clock === undefined ? systemClock : injectedClock(clock),
    ids: ids === undefined ? uuidGenerator : injectedIds(ids),
  };
}

function injectedClock(clock: Clock): Clock {
  if (typeof clock?.now !== "function") throw unfit("clock", "an object with now(): Date", clock);
  return {
    now() {
      const now: unknown = clock.now();
      if (now instanceof Date && !Number.isNaN(now.getTime())) return now;
      throw unfit("clock", "one whose now() returns a valid Date", now);
    },
  };
}

function injectedIds(ids: IdGenerator): IdGenerator {
  if (typeof ids?.next !== "function") throw unfit("ids", "an object with next(): string", ids);
  return {
    next() {
      const id: unknown = ids.next();
      const fault = identifierFault(id);
      if (fault === undefined) return id as string;
      throw unfit("ids", `ids that can be stored: ${fault}`, id);
    },
  };
}

function checkResolver(resolver: Resolver): void {
  if (typeof resolver === "function" || typeof resolver?.resolve === "function") return;
  throw unfit("resolver", "a function of the class, or an object with resolve(type)", resolver);
}

function unfit(option: string, expected: string, found: unknown): IncorrectUsageError {
  if (isPromise(found)) abandon(found);
  const shown = isPromise(found) ? "a promise" : typeof found === "string" ? JSON.stringify(found) : String(found);
  return new IncorrectUsageError(`The option "${option}" of a domain takes ${expected}, found ${shown}`);
}
