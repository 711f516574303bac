import type { CommandRoot } from "./command";
import type { EventMetadata } from "./event-metadata";

/** The facts about an event, and what may be done about it: the second parameter of the methods that consume events. */
export interface EventContext {
  /** The same however often the event is handed over. */
  readonly eventId: string;
  /** The event's stored type, such as `Fidelis.DepositMade.v1`. */
  readonly type: string;
  readonly stream: string;
  /** The id of the aggregate that it belongs to. */
  readonly aggregateId: string;
  /** Its position in its stream, from 0. */
  readonly position: number;
  /**
   * Its position in the global order, from 1.
   * @throws IncorrectUsageError in a projection of mode "inline", which folds an event before the event has one.
   */
  readonly globalPosition: number;
  readonly recordedAt: Date;
  readonly metadata: EventMetadata;
  /** The number of the attempt: 1, and one more after each failure. Always 1 in a projection. */
  readonly attempt: number;
  /** Aborted when the time of an event handler is over, or the server stops. Pass it to what the handler waits for. */
  readonly signal: AbortSignal;
  /**
   * Runs a command once for this event and this handler, however often the handler is repeated: later calls give the first result. It runs
   * at once, also where its class or the domain says that commands run later.
   *
   * @returns what `domain.process` returns.
   * @throws IncorrectUsageError in a projection, which only folds.
   */
  process<R>(command: CommandRoot<R>): Promise<R>;
  /** Deletes the row that the method has. @throws IncorrectUsageError outside of a projection. */
  delete(): void;
}
