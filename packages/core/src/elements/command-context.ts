/** What a handler is told beside its command, as the second parameter of its method; and middleware as its third. */
export interface CommandContext {
  /** The command's type, such as `Fidelis.OpenAccount.v1`. */
  readonly type: string;
  /** Stands in the events' metadata as `causationId`. The same in every attempt. */
  readonly commandId: string;
  /** The same for everything that one request from outside sets off. */
  readonly correlationId: string;
  readonly idempotencyKey: string | undefined;
  /**
   * Aborted as soon as the command's deadline has passed or its caller gives up: hand it on to what the handler
   * waits for. Its reason is the error that `process` rejects with. Never aborted where there is no limit.
   */
  readonly signal: AbortSignal;
  /** 1 for the first, and one more after each conflict. For middleware, after `next()`: how many there were. */
  readonly attempt: number;
}
