/** What a server does beside its subscriptions: it fires timers, and carries out commands that wait. */
export interface WorkBeside {
  /** What it does, as messages name it: `commands that run later`. */
  readonly name: string;
  /** The lanes that there is something for, whether a subscription is in them or not. */
  readonly lanes: readonly string[];
  /**
   * Starts to do what is due in some lanes, again and again, until the end. Called anew, with all lanes of the servers of this process,
   * when a server with other lanes begins or ends.
   */
  start(lanes: readonly string[]): void;
  /** Takes nothing new. Resolves when what is in hand has ended, or the time is over. @returns whether it has ended in time. */
  end(withinMs: number): Promise<boolean>;
  /**
   * Does what is due now, once, and waits for what this process has in hand.
   * @returns how much that was; 0 where nothing was due. @throws the reason of the signal.
   */
  runDue(lanes: readonly string[], signal: AbortSignal): Promise<number>;
  /** Repeats failures without pauses from now on. Absent where nothing is repeated. @returns a function that ends it. */
  hurry?(): () => void;
  /** Who has caused what was done last, as messages name it: the class of a process manager. */
  readonly latestCause?: string | undefined;
  /** For how long the loop that does it has not turned; undefined while it does not run. */
  readonly loopAgeMs?: number | undefined;
}
