import { DeserializationError } from "../errors/deserialization-error";

/** Makes the error for a read that needs an event which was forgotten. @param keptFrom the position of the stream's first event that is kept. */
export function forgottenEvent(stream: string, position: number, keptFrom: number): DeserializationError {
  const reason = `the event was forgotten: those of the stream are kept from position ${keptFrom} on (see keep_events)`;
  return new DeserializationError({ stream, position, reason });
}
