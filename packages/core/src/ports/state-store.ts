import type { Answer } from "./answer";
import type { StreamPage, StreamRef } from "./stored-message";

/** The states of process managers, and of aggregates that are stored as they are. States change by operations; see `PutState` and `DeleteState`. */
export interface StateStore {
  /** The state of an aggregate, named by its stream; undefined where there is none. */
  load(stream: StreamRef): Answer<StoredState | undefined>;
  /** Those of the streams that have a state, in no order. One round trip. */
  loadAll(streams: readonly StreamRef[]): Answer<readonly StoredState[]>;
  /** The states of a category whose streams sort after `after` (by UTF-8 bytes), in that order, at most `limit`. */
  list(category: string, page: StreamPage): Answer<readonly StoredState[]>;
}

/** An aggregate's state, one row an aggregate. */
export interface StoredState extends StreamRef {
  readonly version: number;
  /** JSON text. */
  readonly data: string;
}
