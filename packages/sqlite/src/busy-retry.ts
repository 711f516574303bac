import { type Answer, now, pause } from "@tidemark/core/adapter";

import { isBusy } from "./database-errors";

/**
 * How long SQLite itself may wait for a lock, which holds up the whole process. What takes longer is tried again
 * from the event loop.
 */
export const LOCK_WAIT_MS = 50;

/** Answers at once where the database is free, else with a promise that tries again until the time is up. */
export function retryWhileBusy<T>(attempt: () => T, timeoutMs: number): Answer<T> {
  const deadline = now() + timeoutMs;
  try {
    return attempt();
  } catch (error) {
    if (!isBusy(error)) throw error;
    return keepTrying(attempt, deadline);
  }
}

async function keepTrying<T>(attempt: () => T, deadline: number): Promise<T> {
  for (;;) {
    await pauseBetweenTries();
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error) || now() >= deadline) throw error;
    }
  }
}

/** Of random length, so that processes that collided do not collide again. */
export function pauseBetweenTries(): Promise<void> {
  return pause(1 + Math.random() * 20);
}
