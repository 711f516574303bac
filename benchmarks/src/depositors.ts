import type { Domain } from "@tidemark/core";

import { Account, historicEvent, MakeDeposit } from "./bank";
import type { HandWrittenPostgres } from "./hand-written-postgres";

/** Makes deposits one way or another. */
export interface Depositor {
  /** Opens accounts of `length` events each. */
  open(accountIds: readonly string[], length: number): Promise<void>;
  deposit(accountId: string): Promise<void>;
  /** Deposits in spite of others who do so as well. */
  depositPersistently(accountId: string): Promise<void>;
}

const AMOUNT = 5;
const REFERENCE = "benchmark";

/** More conflicts than a writer among a few others ever meets. */
const RETRIES = 1_000;

export function tidemarkDepositor(domain: Domain): Depositor {
  const accounts = domain.repositoryFor(Account);
  return {
    open: async (accountIds, length) => {
      const stream = (id: string) => domain.streamFor(Account, id);
      await domain.eventStore.append(
        accountIds.map((id) => ({ stream: stream(id), expectedVersion: -1, events: history(id, length) })),
      );
    },
    deposit: async (accountId) => {
      await domain.process(new MakeDeposit({ accountId, amount: AMOUNT, reference: REFERENCE }));
    },
    depositPersistently: async (accountId) => {
      await accounts.update(accountId, (account) => account.deposit(AMOUNT, REFERENCE), { retries: RETRIES });
    },
  };
}

export function handWrittenDepositor(store: HandWrittenPostgres): Depositor {
  return {
    open: async (accountIds, length) => {
      for (const id of accountIds) await store.append(id, -1, history(id, length));
      await store.analyze();
    },
    deposit: async (accountId) => {
      if (!(await store.deposit(accountId, AMOUNT, REFERENCE))) throw new Error(`${accountId} has another writer`);
    },
    depositPersistently: async (accountId) => {
      while (!(await store.deposit(accountId, AMOUNT, REFERENCE)));
    },
  };
}

function history(accountId: string, length: number) {
  return Array.from({ length }, (_, position) => historicEvent(accountId, position));
}
