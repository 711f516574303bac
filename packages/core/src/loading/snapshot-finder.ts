import { DeserializationError } from "../errors/deserialization-error";
import { streamOf } from "../event-store/stream-names";
import type { AggregateModel } from "../model/aggregate-model";
import { hasGivenUp, type Repeated } from "../patience/store-patience";
import type { Answer } from "../ports/answer";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import type { FoldPage, LoadedStream, LoadRequest } from "../ports/loaded-stream";
import {
  isUsable,
  type MissedSnapshot,
  openSnapshot,
  type SnapshotMiss,
  type UsableSnapshot,
  usableKinds,
} from "../snapshots/snapshot-usability";
import { reasonOf } from "../wording/in-words";
import { ReadDeadline, SnapshotReadTimeout } from "./read-deadline";

/** Finds what the load of a stream starts with. Whatever goes wrong with a snapshot, the events remain. */
export interface Finder {
  /** @throws DeserializationError for damaged events. */
  find(request: LoadRequest, id: string): Answer<FoundStart>;
}

/** What a load starts with. */
export interface FoundStart {
  /** The first page of events after the snapshot, or of all; undefined where the events have to be asked for alone. */
  readonly page: FoldPage | undefined;
  readonly usable: UsableSnapshot | undefined;
  /** The snapshots that were tried and cannot be used, the newest first. */
  readonly misses: readonly MissedSnapshot[];
}

interface SnapshotFinderParts {
  readonly adapter: Pick<EventStoreAdapter, "load">;
  /** Reads again while the store cannot be reached: the snapshot is there afterwards. Once where absent. */
  readonly repeated?: Repeated | undefined;
  readonly model: AggregateModel;
  /** How long a load may wait for its snapshot before it folds the events alone. */
  readonly readTimeoutMs: number;
  /** A snapshot whose state takes more bytes of JSON is not used. */
  readonly maxStateBytes: number;
}

const NONE: readonly MissedSnapshot[] = [];

/** Finds the newest usable snapshot with the first page of events after it, in one round trip where all is well. */
export class SnapshotFinder implements Finder {
  readonly #kinds;
  readonly #deadline;

  constructor(private readonly parts: SnapshotFinderParts) {
    this.#kinds = usableKinds(parts.model);
    this.#deadline = new ReadDeadline(parts.readTimeoutMs);
  }

  /** @param misses the snapshots that were tried, all of them newer than the one to find. */
  find(request: LoadRequest, id: string, misses: readonly MissedSnapshot[] = NONE): Answer<FoundStart> {
    const { stream, category } = streamOf(this.parts.model.snapshotCategory, id);
    const below = misses.at(-1)?.key?.version;
    const snapshots = { stream, category, kinds: this.#kinds, ...(below !== undefined && { below }) };
    const judge = (loaded: LoadedStream) => this.#judged(loaded, request, id, misses);
    const failed = (error: unknown): FoundStart => {
      return { page: undefined, usable: undefined, misses: [...misses, failedRead(error)] };
    };
    const { adapter, repeated } = this.parts;
    const asked = { snapshots, ...request };
    let answer: Answer<LoadedStream>;
    try {
      answer = repeated === undefined ? adapter.load(asked) : repeated(() => this.#inTime(adapter.load(asked)));
    } catch (error) {
      return failed(error);
    }
    if (!(answer instanceof Promise)) return judge(answer);
    // The time counts for each attempt: an outage is no slow snapshot.
    return (repeated === undefined ? this.#deadline.limit(answer) : answer).then(judge, failed);
  }

  #inTime(answer: Answer<LoadedStream>): Answer<LoadedStream> {
    return answer instanceof Promise ? this.#deadline.limit(answer) : answer;
  }

  #judged(
    { snapshot, snapshotEventId: eventId, page }: LoadedStream,
    request: LoadRequest,
    id: string,
    misses: readonly MissedSnapshot[],
  ): Answer<FoundStart> {
    if (snapshot === undefined) return { page, usable: undefined, misses };
    const { model, maxStateBytes } = this.parts;
    const opened = openSnapshot(snapshot, model, id, { eventId, maxStateBytes });
    if (isUsable(opened)) return { page, usable: opened, misses };
    const { version, schemaVersion, fingerprint } = snapshot;
    return this.find(request, id, [...misses, { ...opened, key: { version, schemaVersion, fingerprint } }]);
  }
}

function failedRead(error: unknown): MissedSnapshot {
  // Damaged events, or a store that is away: leaving the snapshot aside does not help.
  if (error instanceof DeserializationError || hasGivenUp(error)) throw error;
  const reason: SnapshotMiss = error instanceof SnapshotReadTimeout ? "read-timeout" : "read-failed";
  return { reason, explanation: reasonOf(error), key: undefined };
}
