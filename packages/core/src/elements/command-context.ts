/** The facts about a command that is being processed: the second parameter of its handler, and the third of middleware. */
export interface CommandContext {
  /** The command's type, such as `Fidelis.OpenAccount.v1`. */
  readonly type: string;
  /** The `causationId` in the metadata of the events. The same in every attempt. */
  readonly commandId: string;
  /** The same for everything that follows from one request from outside. */
  readonly correlationId: string;
  readonly idempotencyKey: string | undefined;
  /**
   * Aborted as soon as the deadline of the command has passed or its caller gives up. Pass it to the operations that the handler
   * waits for. Its reason is the error that `process` rejects with. Never aborted for a command without deadline and signal.
   */
  readonly signal: AbortSignal;
  /** The number of the attempt: 1, and one more after each conflict. For middleware, after `next()`: how many there were. */
  readonly attempt: number;
}
