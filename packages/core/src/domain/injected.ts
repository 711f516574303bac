import type { Resolver } from "../commands/resolver";
import type { Clock } from "../elements/clock";
import type { IdGenerator } from "../elements/id-generator";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { identifierFault } from "../schema/identifier";

// What an application injects is looked at each time it is used: a time or an id that is none would be stored, and would be
// found out by whoever reads it. The domain's own clock and ids go unchecked.

/** A clock that tells a time, or says that it does not. @throws IncorrectUsageError for what is no clock. */
export function injectedClock(clock: Clock): Clock {
  if (typeof clock?.now !== "function") throw unfit("clock", "an object with now(): Date", clock);
  return {
    now() {
      const now: unknown = clock.now();
      if (now instanceof Date && !Number.isNaN(now.getTime())) return now;
      throw unfit("clock", "one whose now() returns a valid Date", now);
    },
  };
}

/** Ids that a store can hold. @throws IncorrectUsageError for what makes none. */
export function injectedIds(ids: IdGenerator): IdGenerator {
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

/** @throws IncorrectUsageError for what constructs nothing. */
export function checkResolver(resolver: Resolver): void {
  if (typeof resolver === "function" || typeof resolver?.resolve === "function") return;
  throw unfit("resolver", "a function of the class, or an object with resolve(type)", resolver);
}

function unfit(option: string, expected: string, found: unknown): IncorrectUsageError {
  const shown = typeof found === "string" ? JSON.stringify(found) : String(found);
  return new IncorrectUsageError(`The option "${option}" of a domain takes ${expected}, found ${shown}`);
}
