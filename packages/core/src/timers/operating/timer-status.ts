import type { EventMetadata } from "../../elements/event-metadata";
import type { Timer } from "../../ports/timer-store";
import type { TimerData } from "../../process-managers/process-inputs";

/** A timer that an instance of a process manager has set: what `domain.timers()` lists. */
export interface TimerStatus {
  /** The name of the process manager: `FundsTransfer`. */
  readonly process: string;
  /** The id of the instance. */
  readonly id: string;
  readonly name: string;
  readonly dueAt: Date;
  /** What the event carries that is stored when it fires: its correlation, and the event that has led to it. */
  readonly metadata: EventMetadata;
}

/** Says what a timer is. */
export function timerStatus(timer: Timer): TimerStatus {
  const { process, stream, category, metadata } = timerData(timer);
  return {
    process,
    id: stream.slice(category.length + 1),
    name: timer.name,
    dueAt: new Date(timer.dueAt),
    metadata: metadata as EventMetadata,
  };
}

/** What is stored with a timer. */
function timerData({ data }: Pick<Timer, "data">): TimerData {
  return JSON.parse(data) as TimerData;
}
