/**
 * What comes to an instance of a process manager from elsewhere than the events of aggregates. Each is an event in the stream of the
 * instance, so that the subscription reads them in one order with all others.
 */

/** A timer has come due. The instance ignores one whose id it does not wait for: it was cancelled, or set anew. */
export interface TimerFiredData {
  readonly name: string;
  /** The id that the timer got when it was set. */
  readonly timerId: string;
  /** When it was due: milliseconds since 1970, UTC. */
  readonly dueAt: number;
}

/** What is stored with a timer: where to tell that it has fired, and what caused it. JSON text in the `data` of the timer. */
export interface TimerData {
  readonly timerId: string;
  /** The name of the process manager. */
  readonly process: string;
  /** The stream of the instance, which is also the owner of the timer. */
  readonly stream: string;
  readonly category: string;
  /** The stored type of the event to append: `ProcessTypes.timerFired`. */
  readonly type: string;
  /** The metadata of the event to append: correlation and the event that caused the timer to be set. */
  readonly metadata: object;
}
