import type { Clock } from "@tidemark/core";

export interface FixedClock extends Clock {
  /** Moves the time on, by a negative number back. */
  advance(ms: number): void;
}

/** A clock that stands still until it is told to move: `new Domain("bank", { clock: fixedClock(date) })`. */
export function fixedClock(date: Date): FixedClock {
  let now = date.getTime();
  return {
    now: () => new Date(now),
    advance: (ms) => {
      now += ms;
    },
  };
}
