import type { QueueTime } from "../command-queue";
import { wallTime } from "../real-timers";

/** The moment of a time, in milliseconds since 1970, by the clock of a `MemoryEventStore`: that of this process. */
export function momentOf(time: QueueTime): number {
  return "at" in time ? time.at : wallTime() + time.afterMs;
}
