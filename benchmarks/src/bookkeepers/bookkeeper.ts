import type { Answer } from "@tidemark/core/adapter";

import type { Teller } from "../tellers/teller";
import type { AccountRow } from "./account-row";

/**
 * Keeps a table of a bank's accounts, and reads it: Tidemark, or the least code that folds the same log into the same rows in
 * batches, each with its checkpoint in one transaction.
 */
export interface Bookkeeper {
  /** Works in the bank whose accounts these are. */
  readonly teller: Teller;
  /** Folds every event that its table lacks. */
  catchUp(): Answer<void>;
  /** Folds all events again into a table beside the present one, and puts it in the place of that. */
  rebuild(): Answer<void>;
  /** Folds events soon after they are committed, by whatever process, until it is closed. */
  serve(): Answer<void>;
  /** The row of an account. */
  row(accountId: string): Answer<AccountRow>;
  /** The row of an account, with all that this process has committed: waits until it is there. */
  currentRow(accountId: string): Answer<AccountRow>;
  /** The row of an account as soon as another process, which serves, has folded a deposit that this one has committed into it. */
  rowFromAfar(accountId: string, balance: number): Promise<AccountRow>;
  /** The rows of a branch. */
  ofBranch(branch: number): Answer<readonly AccountRow[]>;
  totals(): Answer<Totals>;
  close(): Answer<void>;
}

/** What tells whether two tables hold the same. */
export interface Totals {
  readonly rows: number;
  readonly balance: number;
}

export interface BookkeeperOptions {
  /** Another version has a table and a checkpoint of its own. */
  readonly version: number;
  /** Whether the table has an index of the branches. */
  readonly isIndexed: boolean;
}

/** Events a batch. */
export const BATCH = 500;

/** Events that are read at once when all are folded again. */
export const REBUILD_BATCH = 5_000;
