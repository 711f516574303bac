import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import type { SnapshotStrategy } from "./strategy";

/** Due on a load that took this long to read and fold its events: the time that a user waits, whatever the number of events. */
export function whenReplayTakes(ms: number): SnapshotStrategy {
  if (typeof ms !== "number" || !Number.isFinite(ms) || ms <= 0)
    throw new IncorrectUsageError(`whenReplayTakes() takes a number of milliseconds above 0, found ${ms}`);
  return ({ occasion, replayMs }) => occasion === "load" && replayMs >= ms;
}
