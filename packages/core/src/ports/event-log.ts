import type { Answer } from "./answer";
import type { FoldPage, LoadPageRequest } from "./loaded-stream";
import type { Operation } from "./operations";
import type { RecordedMessage, StoredMessage, StreamPage, StreamRef } from "./stored-message";

/**
 * The events of a store, in streams and in one global order.
 *
 * Text in, the same text out. Serialising, checking names and sizes, paging for the caller: all of that has happened before
 * an adapter is called, or happens after it. The log attaches no meaning to the name of a category.
 */
export interface EventLog {
  /**
   * Appends to every stream named, or to none. No stream is named twice. `also` is applied in the same transaction: when one
   * of its operations is refused, no event is stored either.
   *
   * Repeating an append that was already stored (the same ids, in the same order, at the positions that
   * `expectedVersion` points at, or one after the other in the same stream where it is absent, with the same types and
   * data) succeeds with the same answer and stores nothing, `also` included: the retry of a lost acknowledgement. An id that
   * is stored elsewhere, or with another type or other data, is refused. That comes before the check of versions where all
   * ids are stored at those places: another attempt at a later version would end the same way.
   *
   * @returns for each request, in order, the version of its stream after it.
   * @throws ExpectedVersionError for the first stream that is at another version.
   * @throws IncorrectUsageError for an event id that is already stored elsewhere, or with other contents.
   * @throws whatever `flush` of the store's operations throws for `also`.
   */
  append(requests: readonly AppendRequest[], options?: AppendOptions): Promise<readonly AppendedStream[]>;

  /** Reads a further page of events to fold. @throws DeserializationError where an event of the page is damaged, missing or forgotten. */
  loadPage(request: LoadPageRequest): Answer<FoldPage>;
  /** The position of a stream's last event; -1 where there is none. */
  version(stream: StreamRef): Answer<number>;

  /** Events of one stream from position `from`, in order, at most `limit`; from the first one that is kept where that one is later. */
  readStream(
    stream: StreamRef,
    range: { readonly from: number; readonly limit: number },
  ): Answer<readonly RecordedMessage[]>;
  /** The last event of a stream. */
  readLast(stream: StreamRef): Answer<RecordedMessage | undefined>;
  /** Events after a global position, in global order, skipping none that commits late. */
  readAll(range: GlobalRange): Answer<GlobalPage>;
  /** Counts events behind a global position, and says how old the first one is. Uncommitted ones do not count. */
  countEvents(range: CountedRange): Answer<CountedEvents>;
  /** Names of the streams of a category that sort after `after` (by UTF-8 bytes), in that order, at most `limit`. */
  listStreams(category: string, page: StreamPage): Answer<readonly string[]>;

  /**
   * Forgets old events of a category for good: of each stream the first ones, as far as all of them were stored before a moment, and never its
   * last event. Versions and positions stay as they are, appends go on, and `listStreams` lists the stream. `readStream` begins with
   * the first event that is kept; a fold that needs an earlier one is refused. The id of a forgotten event is free again. `verify` knows what
   * was forgotten. Absent where events are kept for ever.
   */
  forget?(request: ForgetRequest): Answer<ForgottenEvents>;
  /** The highest global position of the events of some categories that were forgotten; 0 where none was. There where `forget` is. */
  forgottenUpTo?(categories: readonly string[]): Answer<number>;

  /**
   * Calls `listener` soon after an append, by whatever process: a sign to read on, not news of what there is to read. It may
   * be called without an append, and some appends may share one call. Absent where the store cannot tell: readers then poll.
   *
   * @returns a function that ends it.
   */
  onAppend?(listener: () => void): Answer<StopListening>;
  /**
   * Tells the listeners of all processes, those of `onAppend` included, soon that something is there for them though no event was appended,
   * such as an entry of the queue of commands. Absent where they find it soon enough by themselves, or where there are no other processes.
   */
  announce?(): void;
  /**
   * Calls `listener` soon after `announce`, by whatever process; it may be called without. Unlike `onAppend` it costs no append anything.
   * There where `announce` is.
   *
   * @returns a function that ends it.
   */
  onAnnounce?(listener: () => void): Answer<StopListening>;
}

/** Ends the calls of one listener. */
export type StopListening = () => Answer<void>;

/** The events to append to one stream. */
export interface AppendRequest extends StreamRef {
  /** The stream's version as the writer knows it, -1 for none yet; absent to append at whatever end there is. */
  readonly expectedVersion?: number;
  /** Never empty. */
  readonly messages: readonly StoredMessage[];
}

/** What else an append does. */
export interface AppendOptions {
  /** Applied with the events, in this order, all or none. */
  readonly also?: readonly Operation[];
}

/** Where a stream ends after an append. */
export interface AppendedStream {
  readonly stream: string;
  /** The position of the last event appended. */
  readonly version: number;
  /** Its global position. */
  readonly globalPosition: number;
}

/** A stretch of the global order: at most `limit` events after a position. */
export interface GlobalRange {
  /** A global position as an earlier page carried it; 0 for the start. */
  readonly after: number;
  readonly limit: number;
  /** Only events of these categories, in one order; of all categories where absent. */
  readonly categories?: readonly string[];
}

/** Which events to count. */
export interface CountedRange {
  readonly after: number;
  readonly categories: readonly string[];
  /** Stored types; of all types where absent. */
  readonly types?: readonly string[];
  /** Where to stop counting. */
  readonly limit: number;
}

/** How many events there are. */
export interface CountedEvents {
  /** At most the limit. */
  readonly events: number;
  /** The time of the first of them: milliseconds since 1970, UTC; undefined without any. */
  readonly since?: number | undefined;
}

/** Events of a stretch of the global order, and how far it reaches. */
export interface GlobalPage {
  readonly messages: readonly RecordedMessage[];
  /**
   * The page holds every event after `after` up to this position, and no other will ever appear there: where the next page
   * starts. At least `after`; beyond the last message where later events are of other categories.
   */
  readonly upTo: number;
  /** Whether nothing settled lay beyond `upTo` when the page was read. */
  readonly atEnd: boolean;
}

/** Which events to forget, and how many to look at. */
export interface ForgetRequest {
  readonly category: string;
  /** Only events that were stored before this moment: milliseconds since 1970, UTC. */
  readonly before: number;
  /** Where to begin to look for them: behind a global position, as an earlier answer carried it; 0 for the start. */
  readonly after: number;
  /** Only events up to this global position. */
  readonly upTo: number;
  /** How many events of the category to look at, at most. */
  readonly limit: number;
}

/** What was forgotten. */
export interface ForgottenEvents {
  readonly events: number;
  /** Up to where the events of the category were looked at: where to go on. */
  readonly upTo: number;
  /** Whether nothing is left to look at: nothing lies behind `upTo`, or none of the events looked at was old enough. */
  readonly atEnd: boolean;
}
