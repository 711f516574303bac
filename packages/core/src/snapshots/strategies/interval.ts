import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import type { SnapshotStrategy } from "./strategy";

/** A length of time as the sum of its parts. */
export interface Duration {
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
}

const UNIT_MS: Readonly<Record<keyof Duration, number>> = {
  days: 86_400_000,
  hours: 3_600_000,
  minutes: 60_000,
  seconds: 1_000,
};

/**
 * Due when the last usable snapshot is this old and something happened since. An aggregate without one is due at once: join
 * `every(n)` with `allOf`, or set `minEvents`, to leave young aggregates alone.
 */
export function interval(duration: Duration): SnapshotStrategy {
  const length = lengthOf(duration);
  return ({ msSince, eventsSince }) => eventsSince > 0 && msSince >= length;
}

function lengthOf(duration: Duration): number {
  if (typeof duration !== "object" || duration === null)
    throw new IncorrectUsageError(`interval() takes a duration such as { hours: 1 }, found ${duration}`);
  let length = 0;
  for (const [unit, count] of Object.entries(duration) as [string, number | undefined][]) {
    const unitMs = Object.hasOwn(UNIT_MS, unit) ? UNIT_MS[unit as keyof Duration] : undefined;
    if (unitMs === undefined)
      throw new IncorrectUsageError(
        `interval() takes ${Object.keys(UNIT_MS).join(", ")}, found ${JSON.stringify(unit)}`,
      );
    if (count === undefined) continue;
    if (typeof count !== "number" || !Number.isFinite(count) || count < 0)
      throw new IncorrectUsageError(`interval() takes a number of ${unit} of at least 0, found ${count}`);
    length += count * unitMs;
  }
  if (length > 0) return length;
  throw new IncorrectUsageError("interval() takes a duration of more than nothing, such as { hours: 1 }");
}
