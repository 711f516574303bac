import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import type { SnapshotStrategy } from "./strategy";

/**
 * Due when `events` or more happened since the last usable snapshot. Never a multiple of the version: three events a
 * save with a threshold of five must still snapshot.
 */
export function every(events: number): SnapshotStrategy {
  if (!Number.isInteger(events) || events < 1)
    throw new IncorrectUsageError(`every() takes a whole number of at least 1, found ${events}`);
  return ({ eventsSince }) => eventsSince >= events;
}
