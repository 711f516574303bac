import type { Answer } from "@tidemark/core/adapter";

import type { Teller } from "../tellers/teller";

/**
 * Follows each account of a bank with a state of its own: with every event it asks for a statement, by a command that is carried out later;
 * what comes in sets a reminder, and what goes out cancels it. Tidemark's process manager, or the least code that does the same writes in
 * batches, each with its checkpoint in one transaction.
 */
export interface Auditor {
  /** Works in the bank whose accounts these are. */
  readonly teller: Teller;
  /** Makes the steps for every event behind its checkpoint. */
  catchUp(): Answer<void>;
  /** What was done for one account. */
  audited(accountId: string): Answer<Audited>;
  close(): Answer<void>;
}

/** What tells whether two auditors have done the same. */
export interface Audited {
  readonly steps: number;
  /** How many of its commands wait. */
  readonly commands: number;
}

/** Events a batch. */
export const BATCH = 500;

/** When the reminders are due: nobody sees that. */
export const REMIND_AFTER_MS = 30 * 24 * 3_600_000;

/** The lane of the commands, which no server has. */
export const LANE = "statements";

export const COMMAND_TYPE = "Bank.SendStatement.v1";
