import type { RetryPolicy } from "../model/event-handler-model";
import { pause } from "../ports/real-timers";

/** How the pauses grow while the store cannot be reached: a cluster may have chosen another server a moment ago. */
export const OUTAGE = { firstMs: 50, maxMs: 1_000 } as const;

/**
 * Returns how long to wait before repetition number `repetition`, from 1: twice as long each time, varied by up to a quarter. The longest
 * pauses vary too, so that all who have failed at the same time do not come back at the same time.
 */
export function pauseMs({ firstMs, maxMs }: Pick<RetryPolicy, "firstMs" | "maxMs">, repetition: number): number {
  const varied = 0.75 + Math.random() / 2;
  return Math.min(Math.min(firstMs * 2 ** (repetition - 1), maxMs) * varied, maxMs);
}

/** Waits unless and until the signal ends it. Never throws. */
export async function pauseUnless(signal: AbortSignal, ms: number): Promise<void> {
  if (signal.aborted) return;
  try {
    await pause(ms, { signal });
  } catch {
    // The signal has ended the pause.
  }
}
