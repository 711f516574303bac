import { ExpectedVersionError, IncorrectUsageError } from "@tidemark/core";
import {
  type AppendedStream,
  type AppendOptions,
  type AppendRequest,
  type Checkpoint,
  type ClaimExtension,
  type ClaimedEntry,
  type DueTimersQuery,
  type GlobalRange,
  type LoadPageRequest,
  type LoadRequest,
  type Operation,
  type QueueClaim,
  type QueueCount,
  type QueueEntry,
  type QueuePage,
  type RecordedMessage,
  refuseOverlaps,
  type SnapshotFilter,
  type SnapshotKey,
  type SnapshotSearch,
  type SnapshotWrite,
  type StoredSnapshot,
  type StoredState,
  type StreamPage,
  type StreamRef,
  type Timer,
  type TimersPage,
} from "@tidemark/core/adapter";

import type { FoldedStream, HistoryStore, StreamRange } from "./history-store";
import { type Kept, type Overdue, PlainOperations, sortedKept } from "./plain-operations";

/**
 * What the port says, in two arrays and no cleverness: no index, no page, every answer looked up from the start.
 *
 * A random history asks it and the store under test the same things. Its global positions have no gaps.
 */
export class PlainModel implements HistoryStore {
  /** In commit order. */
  readonly events: RecordedMessage[] = [];
  readonly operations = new PlainOperations();
  private snapshots: StoredSnapshot[] = [];

  append(requests: readonly AppendRequest[], { also = [] }: AppendOptions = {}): readonly AppendedStream[] {
    refuseOverlaps(also);
    const repeated = this.repeated(requests);
    if (repeated !== undefined) return repeated;
    const isPlacedBefore = requests.every((request) => this.appendedBefore(request) !== undefined);
    if (isPlacedBefore && requests.length > 0)
      throw new IncorrectUsageError(`${this.changed(requests)} are stored with other contents`);
    for (const { stream, category, expectedVersion: expected } of requests) {
      const actual = this.version({ stream, category });
      if (expected !== undefined && expected !== actual) throw new ExpectedVersionError({ stream, expected, actual });
    }
    for (const { id } of requests.flatMap(({ messages }) => messages)) {
      if (this.events.some((event) => event.id === id)) throw new IncorrectUsageError(`"${id}" is stored already`);
    }
    this.operations.apply(also);
    return requests.map((request) => this.store(request));
  }

  /** The answer of the first time, for an append that was stored before. */
  repeated(requests: readonly AppendRequest[]): readonly AppendedStream[] | undefined {
    const before = requests.map((request) => this.appendedBefore(request));
    return before.every((each) => each !== undefined) && this.changed(requests).length === 0 ? before : undefined;
  }

  fold(request: LoadRequest): FoldedStream {
    const { stream, snapshots, maxVersion, maxTime } = request;
    const end = this.endOf(stream, maxVersion, maxTime);
    const snapshot = snapshots && this.newest(snapshots, end);
    const after = snapshot?.version ?? -1;
    const anchor = this.eventsOf(stream)[after];
    return {
      ...(snapshot && { snapshot }),
      ...(snapshot && anchor && { snapshotEventId: anchor.id }),
      ...this.foldAfter({ ...request, after }),
    };
  }

  foldAfter({ stream, after, maxVersion, maxTime }: LoadPageRequest): FoldedStream {
    const end = this.endOf(stream, maxVersion, maxTime);
    const events = this.eventsOf(stream).filter(({ position }) => position > after && position < end);
    return {
      events: events.flatMap(({ type, data }) => [type, JSON.parse(data)]),
      lastPosition: events.at(-1)?.position ?? after,
      lastId: events.at(-1)?.id ?? "",
    };
  }

  version(ref: StreamRef): number {
    return this.readLast(ref)?.position ?? -1;
  }

  readStream({ stream }: StreamRef, { from, limit }: StreamRange): RecordedMessage[] {
    return this.eventsOf(stream)
      .filter(({ position }) => position >= from)
      .slice(0, limit);
  }

  readLast({ stream }: StreamRef): RecordedMessage | undefined {
    return this.eventsOf(stream).at(-1);
  }

  readAll({ after, limit, categories }: GlobalRange): RecordedMessage[] {
    const isWanted = ({ category }: RecordedMessage) => categories === undefined || categories.includes(category);
    return this.events.filter((event) => event.globalPosition > after && isWanted(event)).slice(0, limit);
  }

  listStreams(category: string, page: StreamPage): string[] {
    return listed(this.events, category, page);
  }

  writeSnapshots(writes: readonly SnapshotWrite[]): void {
    for (const { snapshot, expectedVersion: expected } of writes) {
      const actual = this.readSnapshots(snapshot)[0]?.version ?? -1;
      if (expected !== undefined && expected !== actual)
        throw new ExpectedVersionError({ stream: snapshot.stream, expected, actual });
    }
    for (const write of writes) this.writeSnapshot(write);
  }

  readSnapshots({ stream }: StreamRef): StoredSnapshot[] {
    return this.snapshots.filter((each) => each.stream === stream).sort(newestFirst);
  }

  listSnapshotStreams(category: string, page: StreamPage): string[] {
    return listed(this.snapshots, category, page);
  }

  deleteSnapshots({ category, stream, schemaVersionBelow }: SnapshotFilter): number {
    const matches = (each: StoredSnapshot) =>
      each.category === category &&
      (stream === undefined || each.stream === stream) &&
      (schemaVersionBelow === undefined || each.schemaVersion < schemaVersionBelow);
    const kept = this.snapshots.filter((each) => !matches(each));
    const deleted = this.snapshots.length - kept.length;
    this.snapshots = kept;
    return deleted;
  }

  private writeSnapshot({ snapshot, keep, discard = [] }: SnapshotWrite): void {
    const gone = (each: StoredSnapshot) =>
      each.stream === snapshot.stream && [snapshot, ...discard].some((key) => sameKey(each, key));
    this.snapshots = [...this.snapshots.filter((each) => !gone(each)), snapshot];
    const ofKind = this.readSnapshots(snapshot).filter((each) => sameKind(each, snapshot));
    const surplus = new Set(ofKind.slice(keep));
    this.snapshots = this.snapshots.filter((each) => !surplus.has(each));
  }

  flush(operations: readonly Operation[]): void {
    this.operations.apply(operations);
  }

  raiseGeneration(bucket: number): Checkpoint | undefined {
    return this.operations.raiseGeneration(bucket);
  }

  due(query: DueTimersQuery): readonly Timer[] {
    return this.operations.due(query);
  }

  untilTimer(now: number): number | undefined {
    return this.operations.untilTimer(now);
  }

  listTimers(page: TimersPage): readonly Timer[] {
    return this.operations.listTimers(page);
  }

  claim(claim: QueueClaim): readonly ClaimedEntry[] {
    return this.operations.claim(claim);
  }

  extend(extension: ClaimExtension): readonly string[] {
    return this.operations.extend(extension);
  }

  release(worker: string, ids: readonly string[]): void {
    this.operations.release(worker, ids);
  }

  untilNext(lanes: readonly string[], now: number): number | undefined {
    return this.operations.untilNext(lanes, now);
  }

  listEntries(page: QueuePage): readonly QueueEntry[] {
    return this.operations.listEntries(page);
  }

  counts(): readonly QueueCount[] {
    return this.operations.counts();
  }

  overdue(now: number): Overdue {
    return this.operations.overdue(now);
  }

  forgetFinished(): number {
    return this.operations.forgetFinished();
  }

  listStates(category: string, page: StreamPage): readonly StoredState[] {
    return this.operations.listStates(category, page);
  }

  readKept(): Kept {
    return sortedKept(this.operations.kept);
  }

  /** The ids that events of other contents have. */
  private changed(requests: readonly AppendRequest[]): string[] {
    return requests.flatMap(({ messages }) =>
      messages.flatMap(({ id, type, data }) => {
        const stored = this.events.find((event) => event.id === id);
        return stored === undefined || (stored.type === type && stored.data === data) ? [] : [id];
      }),
    );
  }

  /** The answer of the first time, when each message is stored where this request would put it. */
  private appendedBefore({ stream, expectedVersion, messages }: AppendRequest): AppendedStream | undefined {
    const events = this.eventsOf(stream);
    const first =
      expectedVersion === undefined ? events.findIndex(({ id }) => id === messages[0]!.id) : expectedVersion + 1;
    if (first === -1 || !messages.every(({ id }, index) => events[first + index]?.id === id)) return undefined;
    const { position, globalPosition } = events[first + messages.length - 1]!;
    return { stream, version: position, globalPosition };
  }

  private store({ stream, category, messages }: AppendRequest): AppendedStream {
    for (const message of messages) {
      const position = this.eventsOf(stream).length;
      this.events.push({ ...message, stream, category, position, globalPosition: this.events.length + 1 });
    }
    const { position: version, globalPosition } = this.events.at(-1)!;
    return { stream, version, globalPosition };
  }

  private eventsOf(stream: string): RecordedMessage[] {
    return this.events.filter((event) => event.stream === stream);
  }

  /** The first position that is out of bounds: above the version, or that of the first event that is too late. */
  private endOf(stream: string, maxVersion = Number.POSITIVE_INFINITY, maxTime = Number.POSITIVE_INFINITY): number {
    const tooLate = this.eventsOf(stream).find(({ time }) => time > maxTime);
    return Math.min(maxVersion + 1, tooLate?.position ?? Number.POSITIVE_INFINITY);
  }

  private newest({ stream, kinds, below = Number.POSITIVE_INFINITY }: SnapshotSearch, end: number) {
    const isWanted = ({ schemaVersion, fingerprint }: StoredSnapshot) =>
      kinds.some((kind) => kind.schemaVersion === schemaVersion && (kind.fingerprint ?? fingerprint) === fingerprint);
    return this.snapshots
      .filter((each) => each.stream === stream && each.version < below && each.version < end && isWanted(each))
      .sort(newestFirst)[0];
  }
}

function listed(messages: readonly StreamRef[], category: string, { after, limit }: StreamPage): string[] {
  const names = new Set(messages.filter((each) => each.category === category).map(({ stream }) => stream));
  const sorted = [...names].sort(byBytes);
  return sorted.filter((name) => after === undefined || byBytes(name, after) > 0).slice(0, limit);
}

/** By version; of equal versions the newer schema counts as the newer snapshot, then the later time. */
function newestFirst(a: StoredSnapshot, b: StoredSnapshot): number {
  return b.version - a.version || b.schemaVersion - a.schemaVersion || b.time - a.time;
}

function sameKind(a: SnapshotKey, b: SnapshotKey): boolean {
  return a.schemaVersion === b.schemaVersion && a.fingerprint === b.fingerprint;
}

function sameKey(a: SnapshotKey, b: SnapshotKey): boolean {
  return a.version === b.version && sameKind(a, b);
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
