import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { AppendedStream, AppendRequest } from "./event-log";

/** Where an event is stored. */
export interface StoredPlace {
  readonly stream: string;
  readonly position: number;
  readonly globalPosition: number;
}

/**
 * Recognises an append that was stored before: every message is stored where these requests would put it.
 *
 * @param placeOf where the event with an id is stored; undefined where there is none.
 * @returns the answer of the first time; undefined for an append that was not stored as a whole, or has no event.
 */
export function repeatedAppend(
  requests: readonly AppendRequest[],
  placeOf: (id: string) => StoredPlace | undefined,
): readonly AppendedStream[] | undefined {
  if (requests.length === 0) return undefined;
  const appended: AppendedStream[] = [];
  for (const { stream, expectedVersion, messages } of requests) {
    const places = messages.map(({ id }) => placeOf(id));
    const first = expectedVersion === undefined ? places[0]?.position : expectedVersion + 1;
    if (first === undefined) return undefined;
    const isRepeated = places.every((place, index) => place?.stream === stream && place.position === first + index);
    if (!isRepeated) return undefined;
    const { position: version, globalPosition } = places.at(-1)!;
    appended.push({ stream, version, globalPosition });
  }
  return appended;
}

/**
 * Finds the event that keeps an append from being stored because its id is taken.
 * @param isTaken whether an event with that id is stored already.
 * @returns the error to throw; undefined where every id is free.
 */
export function takenId(
  requests: readonly AppendRequest[],
  isTaken: (id: string) => boolean,
): IncorrectUsageError | undefined {
  const seen = new Set<string>();
  for (const { stream, messages } of requests) {
    for (const { id } of messages) {
      if (isTaken(id) || seen.has(id)) {
        const message = `Cannot append to stream ${JSON.stringify(stream)}: an event with the id ${JSON.stringify(id)} is stored already`;
        return new IncorrectUsageError(message, { stream, id });
      }
      seen.add(id);
    }
  }
  return undefined;
}
