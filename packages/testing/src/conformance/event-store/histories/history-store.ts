import type {
  Answer,
  AppendedStream,
  AppendRequest,
  EventStoreAdapter,
  LoadPageRequest,
  LoadRequest,
  StoredSnapshot,
} from "@tidemark/core";

/** The methods of the port whose answers are compared as they are. */
type Plain =
  | "version"
  | "readStream"
  | "readLast"
  | "readCategory"
  | "readAll"
  | "listStreams"
  | "writeSnapshot"
  | "readSnapshots"
  | "deleteSnapshots";

/**
 * What a random history asks of a store: the port, with streams folded to their end whatever the pages, and with
 * global positions that have no gaps, so that all stores answer alike.
 */
export interface HistoryStore extends Pick<EventStoreAdapter, Plain> {
  append(requests: readonly AppendRequest[]): Answer<readonly AppendedStream[]>;
  fold(request: LoadRequest): Answer<FoldedStream>;
  foldAfter(request: LoadPageRequest): Answer<FoldedStream>;
}

export interface FoldedStream {
  readonly snapshot?: StoredSnapshot;
  readonly snapshotEventId?: string;
  /** Alternately type and data, over all pages. */
  readonly events: readonly unknown[];
  /** Where nothing was folded: that of the snapshot, or what the fold began after. */
  readonly lastPosition: number;
  /** Empty where nothing was folded. */
  readonly lastId: string;
}
