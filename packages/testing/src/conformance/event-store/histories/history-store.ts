import type {
  Answer,
  AppendedStream,
  AppendRequest,
  GlobalRange,
  LoadPageRequest,
  LoadRequest,
  RecordedMessage,
  SnapshotFilter,
  SnapshotWrite,
  StoredSnapshot,
  StreamPage,
  StreamRef,
} from "@tidemark/core/adapter";

/**
 * What a random history asks of a store: the port, with streams and global pages followed to their end whatever the size of
 * a page, and with global positions that have no gaps, so that all stores answer alike.
 */
export interface HistoryStore {
  append(requests: readonly AppendRequest[]): Answer<readonly AppendedStream[]>;
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
