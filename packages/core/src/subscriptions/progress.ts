/** How far subscriptions are, for whoever waits for one of them to pass a position. */
export interface Progress {
  /**
   * Resolves when a subscription has done everything up to a global position.
   *
   * @param subscription the identity of its checkpoints.
   * @throws WaitError telling why it will not come: too late, stopped by a failure, run by no server.
   */
  reached(subscription: string, position: number, options: WaitOptions): Promise<void>;
  /** Calls `listener` after each flush of a subscription in this process. @returns a function that ends it. */
  onFlush(subscription: string, listener: () => void): () => void;
}

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}
