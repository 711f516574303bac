import type { Answer } from "@tidemark/core/adapter";

import type { OpenStore } from "./open-store";

/** How the sides of a store reach its open database. Every failure of SQLite comes as a StoreUnavailableError. */
export interface StoreAccess {
  /** Whether other connections can write to the same database. */
  readonly isShared: boolean;
  /** Answers at once where no other process holds the file's lock. */
  read<T>(attempt: (store: OpenStore) => T): Answer<T>;
  /**
   * Runs work in a transaction that it may share with other work; resolves once that is committed. What the work changed
   * before it threw is rolled back.
   *
   * @param attempted for the error: `append to`.
   * @param busyTimeoutMs how long to try again while another process holds the file's lock; as the store is set up where absent.
   */
  write<T>(work: (store: OpenStore) => T, attempted: string, busyTimeoutMs?: number): Promise<T>;
}
