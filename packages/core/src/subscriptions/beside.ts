/** What a server does beside its subscriptions: it fires timers, and carries out commands that wait. */
export interface WorkBeside {
  /** The lanes that there is something for, whether a subscription is in them or not. */
  readonly lanes: readonly string[];
  /** Starts to do what is due in some lanes, again and again, until the end. */
  start(lanes: readonly string[]): void;
  /** Takes nothing new. Resolves when what is in hand has ended, or the time is over. @returns whether it has ended in time. */
  end(withinMs: number): Promise<boolean>;
  /** Does what is due now, once. @returns how much that was; 0 where nothing was due. @throws the reason of the signal. */
  runDue(lanes: readonly string[], signal: AbortSignal): Promise<number>;
}
