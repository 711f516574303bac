import type {
  Answer,
  AppendedStream,
  AppendOptions,
  AppendRequest,
  Checkpoint,
  GlobalRange,
  LoadPageRequest,
  LoadRequest,
  Operation,
  QueueEntry,
  RecordedMessage,
  SnapshotFilter,
  SnapshotWrite,
  StoredSnapshot,
  StreamPage,
  StreamRef,
  Timer,
} from "@tidemark/core/adapter";

import type { Kept } from "./plain-operations";

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
  due(now: number): Answer<readonly Timer[]>;
  waiting(lane: string, now: number, limit: number): Answer<readonly QueueEntry[]>;
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
