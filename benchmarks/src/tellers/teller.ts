import type { Answer } from "@tidemark/core/adapter";

/**
 * Does a bank's work on one store: Tidemark; the least code that does the same with the same rows, indexes and promises to
 * whoever reads them later; or the leanest code that the driver allows, which only keeps the order of events. One that need not wait answers at once, as code written for its store would.
 */
export interface Teller {
  /** New accounts with `events` events each, which takes as few commits as it can. */
  open(accountIds: readonly string[], events: number): Answer<void>;
  /** Appends the events at `first` and after it to one account's history, in one commit. */
  append(accountId: string, first: number, count: number): Answer<void>;
  /** Appends the event at `position` to the history of each of these accounts, in one commit. */
  appendEach(accountIds: readonly string[], position: number): Answer<void>;
  /** Loads the account, decides, appends one event. @throws when another writer was faster. */
  deposit(accountId: string): Answer<void>;
  /** The same, again and again until no other writer is faster. */
  depositPersistently(accountId: string): Answer<void>;
  /** Loads the account. */
  balance(accountId: string): Answer<number>;
  /** Brings the snapshots of all accounts up to date. @returns how many were written. */
  snapshotAll(): Answer<number>;
  deleteSnapshots(): Answer<void>;
  /** Reads and parses every event of every account, in global order. @returns how many there are. */
  readCategory(): Answer<number>;
  /** Reads and parses every event of the store, in global order. @returns how many there are. */
  readAll(): Answer<number>;
  close(): Answer<void>;
}

export interface TellerOptions {
  /** How many events lie between two snapshots of an account; 0 for none unasked. */
  readonly snapshotEvery: number;
  /** Whether it keeps the accounts that it worked on, and appends to them without loading them again. */
  readonly isCaching: boolean;
  /** Whether a table has a row for each account, which changes in the transaction of each append. */
  readonly hasInlineRows: boolean;
  /** What is read across accounts, for which the leanest code has an index in this case alone. */
  readonly reads?: "all" | "category";
}

export const PLAIN: TellerOptions = { snapshotEvery: 0, isCaching: false, hasInlineRows: false };

/** Each append also changes a row. */
export const WITH_INLINE_ROWS: TellerOptions = { ...PLAIN, hasInlineRows: true };

export const READ_WHOLE: TellerOptions = { ...PLAIN, reads: "all" };
export const READ_BY_CATEGORY: TellerOptions = { ...PLAIN, reads: "category" };

/** Snapshots are used, and written when asked for. */
export const SNAPSHOTS_BY_HAND: TellerOptions = { ...PLAIN, snapshotEvery: 1_000_000_000 };

/** What every deposit is of. */
export const AMOUNT = 5;
export const REFERENCE = "benchmark";

/** Events a commit where nothing but the history matters. */
export const LONGEST_COMMIT = 10_000;
