import type { Answer } from "@tidemark/core/adapter";

import type { Teller } from "../tellers/teller";

/**
 * Carries out deposits that wait in a queue, some at the same time: each is claimed, loads its account, and its event and its end in the
 * queue are one commit. Tidemark, or the least code that does so.
 */
export interface Clerk {
  /** Works in the bank whose accounts these are. */
  readonly teller: Teller;
  /** Puts a deposit for each account into the queue. */
  enqueue(accountIds: readonly string[]): Answer<void>;
  /** Carries out all of so many deposits that wait. */
  work(count: number): Answer<void>;
  close(): Answer<void>;
}

/** How many deposits are carried out at the same time. */
export const CONCURRENCY = 8;

/** How long a deposit is a clerk's that has claimed it. */
export const CLAIM_MS = 30_000;

export const COMMAND_TYPE = "Bank.DepositLater.v1";
