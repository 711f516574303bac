import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { AppendedStream, AppendRequest } from "./event-log";
import type { RecordedMessage, StoredMessage } from "./stored-message";

/** An event that is stored: where, and what its repetition has to equal. */
export type StoredEvent = Pick<RecordedMessage, "stream" | "position" | "globalPosition" | "type" | "data">;

/**
 * Recognises an append that was stored before: every message is stored where these requests would put it, with the same type
 * and the same data. Time and metadata may differ, because a retry can take them anew; type and data are what happened.
 *
 * @param storedAs the event that has an id; undefined where there is none.
 * @returns the answer of the first time; undefined for an append that was not stored as a whole, or has no event.
 * @throws IncorrectUsageError where the events at those places have the ids, but another type or other data.
 */
export function repeatedAppend(
  requests: readonly AppendRequest[],
  storedAs: (id: string) => StoredEvent | undefined,
): readonly AppendedStream[] | undefined {
  if (requests.length === 0) return undefined;
  const appended: AppendedStream[] = [];
  let other: IncorrectUsageError | undefined;
  for (const { stream, expectedVersion, messages } of requests) {
    const stored = messages.map(({ id }) => storedAs(id));
    const first = expectedVersion === undefined ? stored[0]?.position : expectedVersion + 1;
    if (first === undefined) return undefined;
    const isRepeated = stored.every((event, index) => event?.stream === stream && event.position === first + index);
    if (!isRepeated) return undefined;
    const differing = messages.findIndex((message, index) => !hasContents(stored[index]!, message));
    if (differing !== -1) other ??= idIsTaken(stream, messages[differing]!, stored[differing]);
    const { position: version, globalPosition } = stored.at(-1)!;
    appended.push({ stream, version, globalPosition });
  }
  if (other !== undefined) throw other;
  return appended;
}

/**
 * Finds the event that keeps an append from being stored because its id is taken.
 * @param storedAs the event that has an id; undefined where there is none.
 * @returns the error to throw; undefined where every id is free.
 */
export function takenId(
  requests: readonly AppendRequest[],
  storedAs: (id: string) => StoredEvent | undefined,
): IncorrectUsageError | undefined {
  const seen = new Set<string>();
  for (const { stream, messages } of requests) {
    for (const message of messages) {
      const stored = storedAs(message.id);
      if (stored !== undefined || seen.has(message.id)) return idIsTaken(stream, message, stored);
      seen.add(message.id);
    }
  }
  return undefined;
}

function hasContents(stored: StoredEvent, { type, data }: StoredMessage): boolean {
  return stored.type === type && stored.data === data;
}

/** @param stored undefined where the append itself holds the id twice. */
function idIsTaken(stream: string, message: StoredMessage, stored: StoredEvent | undefined): IncorrectUsageError {
  const { id } = message;
  const attempted = `Cannot append to stream ${JSON.stringify(stream)}`;
  if (stored === undefined) {
    return new IncorrectUsageError(`${attempted}: two of its events have the id ${JSON.stringify(id)}`, { stream, id });
  }
  const place = `at position ${stored.position} of stream ${JSON.stringify(stored.stream)}`;
  const contents = hasContents(stored, message) ? "" : " with other contents";
  const found = `an event with the id ${JSON.stringify(id)} is stored already, ${place}${contents}`;
  const { stream: storedStream, position: storedPosition } = stored;
  return new IncorrectUsageError(`${attempted}: ${found}; give each new event an id that no other event has`, {
    stream,
    id,
    storedStream,
    storedPosition,
  });
}
