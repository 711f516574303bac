import type {
  Answer,
  AppendedStream,
  AppendOptions,
  AppendRequest,
  Checkpoint,
  ClaimExtension,
  ClaimedEntry,
  DueTimersQuery,
  GlobalRange,
  LoadPageRequest,
  LoadRequest,
  Operation,
  QueueClaim,
  QueueCount,
  QueueEntry,
  QueuePage,
  RecordedMessage,
  SnapshotFilter,
  SnapshotWrite,
  StoredSnapshot,
  StoredState,
  StreamPage,
  StreamRef,
  Timer,
  TimersPage,
} from "@tidemark/core/adapter";

import type { Kept, Overdue } from "./plain-operations";

/**
 * What a random history asks of a store: the port, with streams and global pages followed to their end whatever the size of
 * a page, and with global positions that have no gaps, so that all stores answer alike.
 */
export interface HistoryStore {
  append(requests: readonly AppendRequest[], options?: AppendOptions): Answer<readonly AppendedStream[]>;
  fold(request: LoadRequest): Answer<FoldedStream>;
  foldAfter(request: LoadPageRequest): Answer<FoldedStream>;
  version(ref: StreamRef): Answer<number>;
  readStream(ref: StreamRef, range: StreamRange): Answer<readonly RecordedMessage[]>;
  readLast(ref: StreamRef): Answer<RecordedMessage | undefined>;
  readAll(range: GlobalRange): Answer<readonly RecordedMessage[]>;
  listStreams(category: string, page: StreamPage): Answer<readonly string[]>;
  writeSnapshots(writes: readonly SnapshotWrite[]): Answer<void>;
  readSnapshots(ref: StreamRef): Answer<readonly StoredSnapshot[]>;
  listSnapshotStreams(category: string, page: StreamPage): Answer<readonly string[]>;
  deleteSnapshots(filter: SnapshotFilter): Answer<number>;
  flush(operations: readonly Operation[]): Answer<void>;
  raiseGeneration(bucket: number): Answer<Checkpoint | undefined>;
  due(query: DueTimersQuery): Answer<readonly Timer[]>;
  untilTimer(now: number): Answer<number | undefined>;
  listTimers(page: TimersPage): Answer<readonly Timer[]>;
  claim(claim: QueueClaim): Answer<readonly ClaimedEntry[]>;
  /** By id, which no store has to. */
  extend(extension: ClaimExtension): Answer<readonly string[]>;
  release(worker: string, ids: readonly string[]): Answer<void>;
  untilNext(lanes: readonly string[], now: number): Answer<number | undefined>;
  /** Entries as if they had been finished at `FINISHED_AT`. */
  listEntries(page: QueuePage): Answer<readonly QueueEntry[]>;
  counts(): Answer<readonly QueueCount[]>;
  /** Of entries and of timers. */
  overdue(now: number): Answer<Overdue>;
  forgetFinished(): Answer<number>;
  listStates(category: string, page: StreamPage): Answer<readonly StoredState[]>;
  /** Everything that operations have changed, in an order that does not depend on the store. */
  readKept(): Answer<Kept>;
}

export interface StreamRange {
  readonly from: number;
  readonly limit: number;
}

export interface FoldedStream {
  readonly snapshot?: StoredSnapshot;
  readonly snapshotEventId?: string;
  /** Alternately type and data, over all pages. */
  readonly events: readonly unknown[];
  /** Where nothing was folded: that of the snapshot, or the position that the fold started after. */
  readonly lastPosition: number;
  /** Empty where nothing was folded. */
  readonly lastId: string;
}
