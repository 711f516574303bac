import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { AppendRequest } from "../ports/event-log";
import type { StoredMessage } from "../ports/stored-message";
import { type EncodeOptions, EventEncoder } from "./event-encoder";
import type { StreamAppend } from "./messages";
import { SNAPSHOT_TYPE } from "./snapshot-message";
import { isSnapshotCategory, parseStream } from "./stream-names";

/** An append that was checked: of events, or of snapshots. */
export interface CheckedAppend {
  readonly requests: readonly AppendRequest[];
  readonly areSnapshots: boolean;
}

/**
 * Checks and encodes everything that an append holds, before anything is given to a store.
 * @throws IncorrectUsageError for what the call itself has wrong; ValidationError for data that cannot be stored.
 */
export function checkAppend(appends: readonly StreamAppend[], options: EncodeOptions): CheckedAppend {
  if (!Array.isArray(appends)) throw new IncorrectUsageError("append takes an array with one entry for each stream");
  const encoder = new EventEncoder(options);
  const requests = appends.map((append) => checkStream(append, encoder));
  if (requests.length > 1) {
    refuseRepeated(
      requests.map(({ stream }) => stream),
      (stream) => `Cannot append to stream ${JSON.stringify(stream)} twice in one call; put its events in one entry`,
    );
  }
  refuseRepeated(encoder.givenIds, (id) => `Cannot append two events with the id ${JSON.stringify(id)}`);
  const areSnapshots = requests.some(({ category }) => isSnapshotCategory(category));
  if (areSnapshots && !requests.every(({ category }) => isSnapshotCategory(category)))
    throw new IncorrectUsageError("Cannot append to streams of events and of snapshots in one call");
  return { requests, areSnapshots };
}

function checkStream(append: StreamAppend, encoder: EventEncoder): AppendRequest {
  const { stream, expectedVersion, events } = append ?? {};
  const { category } = parseStream(stream);
  const refuse = (reason: string): never => {
    throw new IncorrectUsageError(`Cannot append to stream ${JSON.stringify(stream)}: ${reason}`, { stream });
  };
  if (expectedVersion !== undefined && !(Number.isSafeInteger(expectedVersion) && expectedVersion >= -1)) {
    refuse(`its expected version must be a whole number from -1, not ${String(expectedVersion)}`);
  }
  if (!Array.isArray(events) || events.length === 0) refuse("its events must be an array of at least 1 event");
  const messages = events.map((event, index) => encoder.encode(event, stream, index));
  if (isSnapshotCategory(category) && !messages.every(isSnapshot)) {
    refuse(`it holds snapshots, whose type is "${SNAPSHOT_TYPE}" and whose metadata is part of their data`);
  }
  return { stream, category, messages, ...(expectedVersion !== undefined && { expectedVersion }) };
}

function isSnapshot({ type, metadata }: StoredMessage): boolean {
  return type === SNAPSHOT_TYPE && metadata === "{}";
}

function refuseRepeated(names: readonly string[], message: (name: string) => string): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw new IncorrectUsageError(message(name));
    seen.add(name);
  }
}
