import type { Answer } from "@tidemark/core/adapter";

import { BRANCHES } from "../bookkeepers/account-row";
import type { Bookkeeper, BookkeeperOptions } from "../bookkeepers/bookkeeper";
import { openBookkeeper } from "../bookkeepers/open-bookkeeper";
import { costPerOperation } from "../program/batches";
import { perSecond } from "../program/cost";
import type { Place } from "../program/place";
import type { Workload } from "../program/workload";
import { accountIdOf, writeInTurns } from "./write-in-turns";

const ACCOUNTS = 100_000;
const TABLE: BookkeeperOptions = { version: 1, isIndexed: true };
/** A step through the accounts, and through the branches, that meets each of them once before it meets one again. */
const STEP = 7_919;

/** One row after the other by its key. */
export const viewGet = viewRows("view-get", "a row by its key", {
  reads: 2_000,
  read: async (bookkeeper, number) => {
    const accountId = accountIdOf((number * STEP) % ACCOUNTS);
    const answer = bookkeeper.row(accountId);
    const row = answer instanceof Promise ? await answer : answer;
    if (row.accountId !== accountId) throw new Error(`the row of ${accountId} is that of ${row.accountId}`);
  },
});

/** The rows of one branch after the other, which an index finds. */
export const viewWhere = viewRows("view-where", `${ACCOUNTS / BRANCHES} rows by an index`, {
  reads: 1_000,
  read: async (bookkeeper, number) => {
    const answer = bookkeeper.ofBranch((number * STEP) % BRANCHES);
    const rows = answer instanceof Promise ? await answer : answer;
    if (rows.length !== ACCOUNTS / BRANCHES) throw new Error(`a branch has ${rows.length} rows`);
  },
});

interface Reads {
  readonly reads: number;
  readonly read: (bookkeeper: Bookkeeper, number: number) => Promise<void>;
}

function viewRows(name: string, title: string, { reads, read }: Reads): Workload {
  return {
    name,
    title,
    unit: "reads/s",
    better: "more",
    // There is no driver to compare the memory store with.
    stores: ["sqlite-normal", "postgres"],
    variants: [{ title: "100,000 rows", size: ACCOUNTS }],
    fill: (place, { size }) =>
      withBookkeeper(place, TABLE, async (bookkeeper) => {
        await writeInTurns(bookkeeper.teller, size, size);
        await bookkeeper.catchUp();
      }),
    measure: (place) =>
      withBookkeeper(place, TABLE, async (bookkeeper) => {
        const cost = await costPerOperation({
          figures: 7,
          operations: reads,
          run: async (batch) => {
            for (let number = 0; number < reads; number++) await read(bookkeeper, batch * reads + number);
          },
        });
        return perSecond(cost);
      }),
  };
}

async function withBookkeeper<T>(
  place: Place,
  options: BookkeeperOptions,
  body: (bookkeeper: Bookkeeper) => Answer<T>,
): Promise<T> {
  const bookkeeper = await openBookkeeper(place, options);
  try {
    return await body(bookkeeper);
  } finally {
    await bookkeeper.close();
  }
}
