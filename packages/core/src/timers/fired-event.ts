import type { AppendRequest } from "../ports/event-log";
import type { Timer } from "../ports/timer-store";
import type { TimerData, TimerFiredData } from "../process-managers/process-inputs";

/** Makes the event that tells an instance of a process manager that its timer has fired. Its id is that of the timer: it is stored once. */
export function firedEvent({ name, dueAt, data }: Timer, time: number): AppendRequest {
  const { timerId, stream, category, type, metadata } = JSON.parse(data) as TimerData;
  const fired: TimerFiredData = { name, timerId, dueAt };
  const message = {
    id: timerId,
    type,
    time,
    data: JSON.stringify(fired),
    metadata: JSON.stringify(metadata),
  };
  return { stream, category, messages: [message] };
}
