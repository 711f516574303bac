/** Tells the time, wherever the framework notes one: on events and on snapshots. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
