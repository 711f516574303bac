/** Gives the time that the framework writes to events and snapshots. */
export interface Clock {
  /** Returns the present time, as a new `Date` each time. */
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
