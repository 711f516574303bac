import type { RecordedMessage } from "../ports/stored-message";

/** How far subscriptions are, for whoever waits for one of them to pass a position. */
export interface Progress {
  /**
   * Resolves when a subscription has done everything up to a global position; where `events` are given, when it has done those.
   *
   * @param subscription the identity of its checkpoints.
   * @throws WaitError telling why it will not come: too late, stopped by a failure, run by no server, set aside.
   */
  reached(subscription: string, position: number, options: WaitOptions): Promise<void>;
  /** Calls `listener` after each flush of a subscription in this process. @returns a function that ends it. */
  onFlush(subscription: string, listener: () => void): () => void;
}

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** The events at and before the position that matter. Whether their keys are set aside matters as well then. */
  readonly events?: readonly RecordedMessage[] | undefined;
}
