/** Tells the time, wherever the framework notes one: on events and on snapshots. */
export interface Clock {
  /** The time as it is now, as a `Date` of its own. */
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
