import type { Answer } from "./answer";
import type { StreamRef } from "./stored-message";

/** The states of aggregates that are stored as they are. States change by operations; see `PutState` and `DeleteState`. */
export interface StateStore {
  /** The state of an aggregate, named by its stream; undefined where there is none. */
  load(stream: StreamRef): Answer<StoredState | undefined>;
}

/** An aggregate's state, one row an aggregate. */
export interface StoredState extends StreamRef {
  readonly version: number;
  /** JSON text. */
  readonly data: string;
}
