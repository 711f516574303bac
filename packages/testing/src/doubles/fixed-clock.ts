import { type Clock, IncorrectUsageError } from "@tidemark/core";
import { durationMs } from "@tidemark/core/testing";

export interface FixedClock extends Clock {
  /**
   * Moves the time on: `clock.advance("10m")`, or by milliseconds; by a negative number back.
   * @throws IncorrectUsageError for what is no length of time.
   */
  advance(time: number | string): void;
}

/** A clock that stands still until it is told to move: `new Domain("bank", { clock: fixedClock(date) })`. */
export function fixedClock(date: Date): FixedClock {
  let now = date.getTime();
  return {
    now: () => new Date(now),
    advance: (time) => {
      now += typeof time === "number" ? time : millisecondsOf(time);
    },
  };
}

function millisecondsOf(time: string): number {
  const parsed = durationMs.safeParse(time);
  if (parsed.success) return parsed.data;
  const complaint = parsed.error.issues[0]?.message;
  throw new IncorrectUsageError(
    `Cannot advance the clock by ${JSON.stringify(time)}: it ${complaint}, or milliseconds`,
  );
}
