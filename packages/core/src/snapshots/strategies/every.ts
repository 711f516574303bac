import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import type { SnapshotStrategy } from "./strategy";

/**
 * Due when `events` or more happened since the last usable snapshot. It does not look for multiples in the version:
 * with three events a save, a threshold of five must work too.
 */
export function every(events: number): SnapshotStrategy {
  if (!Number.isInteger(events) || events < 1)
    throw new IncorrectUsageError(`every() takes a whole number of at least 1, found ${events}`);
  return ({ eventsSince }) => eventsSince >= events;
}
