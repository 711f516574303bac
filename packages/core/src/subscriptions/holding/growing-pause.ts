import type { RetryPolicy } from "../../model/event-handler-model";
import { pause } from "../../ports/real-timers";

/** How the pauses grow while the store cannot be reached. */
export const OUTAGE = { firstMs: 50, maxMs: 5_000 } as const;

/** Returns how long to wait before repetition number `repetition`, from 1: twice as long each time, varied by up to a quarter. */
export function pauseMs({ firstMs, maxMs }: Pick<RetryPolicy, "firstMs" | "maxMs">, repetition: number): number {
  const varied = 0.75 + Math.random() / 2;
  return Math.min(firstMs * 2 ** (repetition - 1) * varied, maxMs);
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
