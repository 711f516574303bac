/** A stream's name with its category, which is everything before the name's first `-`. */
export interface StreamRef {
  readonly stream: string;
  readonly category: string;
}

/** An event as it is stored. `data` and `metadata` are JSON texts of objects. */
export interface StoredMessage {
  readonly id: string;
  readonly type: string;
  /** Milliseconds since 1970, UTC. */
  readonly time: number;
  readonly data: string;
  readonly metadata: string;
}

/** A stored event with its place in its stream and in the store. */
export interface RecordedMessage extends StoredMessage, StreamRef {
  /** 0-based, without gaps within the stream. */
  readonly position: number;
  /** 1-based, grows in commit order over the whole store, possibly with gaps. */
  readonly globalPosition: number;
}

/** A page of the names of streams. */
export interface StreamPage {
  /** The last name of the page before; absent for the first page. */
  readonly after?: string;
  readonly limit: number;
}
