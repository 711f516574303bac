import type { Answer } from "../ports/answer";
import type { AppendedStream, AppendRequest } from "../ports/event-log";
import type { Operation } from "../ports/operations";

/**
 * What takes part in the commit of a unit of work: an aggregate with its events, the record of a command, a fact. The unit
 * calls its participants in the order in which they were enlisted, and knows nothing else of them.
 */
export interface Participant {
  /** Throws what forbids the commit. Called before any participant is asked for its requests. */
  check?(): void;
  /** Gives the events to append. @param now the time of the commit, in milliseconds since 1970. */
  requests?(now: number): readonly AppendRequest[];
  /** Gives the operations to apply in the same transaction. @param now as for `requests`. */
  also?(now: number): readonly Operation[];
  /** Throws what forbids the commit, knowing everything that is about to be appended. */
  confirm?(requests: readonly AppendRequest[]): Answer<void>;
  /**
   * Gives what else is to be stored because of the events that are about to be appended. Called when all requests are known, and
   * once more each time that one of its operations is refused because others were faster: the operations are then made anew.
   */
  react?(requests: readonly AppendRequest[], now: number): Answer<readonly Operation[]>;
  /** Runs the commit, for a participant that has to surround it; the first one that does so is asked. */
  surround?<T>(commit: () => Answer<T>): Answer<T>;
  /**
   * Says of an error that the store refused the commit with what it means to the participant.
   * @returns the error to throw in its place; undefined for one that is about something else.
   */
  explain?(error: unknown): Error | undefined;
  /** Called after the commit. The unit waits for one participant after the other. */
  committed?(appended: readonly AppendedStream[]): Answer<void>;
  /** Called when the commit has failed. Nothing was stored, unless the error is a StoreUnavailableError. */
  failed?(error: unknown): void;
  /** Gives the error to throw in the place of one that ends the unit, before `ended`. */
  judged?(error: unknown): Answer<unknown>;
  /** Called at the end of the unit, whether it was committed or not. */
  ended?(): void;
}
