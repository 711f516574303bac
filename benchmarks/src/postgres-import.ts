import type { Domain } from "@tidemark/core";

import { Account, AccountOpened, DepositMade, historicEvent, WithdrawalMade } from "./bank";
import type { HandWrittenPostgres } from "./hand-written-postgres";
import { type Contender, interleaved } from "./interleaved";
import { besideHandWritten, printRates } from "./postgres-contenders";
import { inDatabase } from "./postgres-database";

const EVENTS = 50_000;
const COMMIT_SIZE = 100;
const ROUNDS = 3;

/** Imports an account of 50,000 events in commits of 100: straight to the event store, and by raising each event. */
export async function postgresImport(): Promise<void> {
  await inDatabase(async (url) => {
    await besideHandWritten(url, async ({ domain, sameIndexes, oneIndex }) => {
      const byHand = [sameIndexes, oneIndex].map(insertingInto);
      const contenders = [appendingTo(domain), ...byHand, raisingIn(domain)];
      const [appended, same, one, raised] = await interleaved(contenders, ROUNDS);
      if (!appended || !same || !one || !raised) throw new Error("a measurement is missing");
      const title = `Import of ${EVENTS.toLocaleString("en")} events into PostgreSQL in commits of ${COMMIT_SIZE}; median of ${ROUNDS}`;
      printRates(title, "events/s", {
        "appended to the event store": [appended, same, one],
        "raised on an aggregate": [raised, same, one],
      });
    });
  });
}

function appendingTo(domain: Domain): Contender {
  return importing("appended", async (accountId) => {
    const stream = domain.streamFor(Account, accountId);
    for (let first = 0; first < EVENTS; first += COMMIT_SIZE) {
      await domain.eventStore.append([{ stream, expectedVersion: first - 1, events: commit(accountId, first) }]);
    }
  });
}

/** What an application does that decides anew: each event is checked, folded and then stored. */
function raisingIn(domain: Domain): Contender {
  return importing("raised", async (accountId) => {
    const account = Account.createNew({ id: accountId });
    for (let first = 0; first < EVENTS; first += COMMIT_SIZE) {
      for (const { type, data } of commit(accountId, first)) account.raise(eventOf(type, data));
      await domain.repositoryFor(Account).add(account);
    }
  });
}

function insertingInto(store: HandWrittenPostgres): Contender {
  return importing("inserted", async (accountId) => {
    for (let first = 0; first < EVENTS; first += COMMIT_SIZE) {
      await store.append(accountId, first - 1, commit(accountId, first));
    }
  });
}

function importing(name: string, importAccount: (accountId: string) => Promise<void>): Contender {
  let next = 0;
  return { operations: EVENTS, sample: () => importAccount(`${name}-${next++}`) };
}

function commit(accountId: string, first: number) {
  return Array.from({ length: COMMIT_SIZE }, (_, index) => historicEvent(accountId, first + index));
}

function eventOf(type: string, data: object): object {
  switch (type) {
    case "Bank.AccountOpened.v1":
      return new AccountOpened(data as AccountOpened);
    case "Bank.DepositMade.v1":
      return new DepositMade(data as DepositMade);
    default:
      return new WithdrawalMade(data as WithdrawalMade);
  }
}
