import { join } from "node:path";

import type { Domain } from "@tidemark/core";
import Database, { type Database as Connection } from "better-sqlite3";

import { Account, openBank, writeHistory } from "./bank";
import { foldPlain, newPlainAccount, type PlainAccount } from "./hand-written-fold";
import { type Contender, interleaved } from "./interleaved";
import { figure, printTable } from "./result-table";
import { expectSameAccount } from "./same-account";
import { inTemporaryFolder } from "./temporary-folder";

const EVENTS_BELOW = [1_000, 10_000, 100_000, 1_000_000];
const TRAILING = 5;
const LOADS_A_SAMPLE = 500;
const ROUNDS = 15;

/** A load of one snapshot and five events after it, whatever lies below, beside a hand-written load of the same rows. */
export async function load(): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const files = [];
    for (const eventsBelow of EVENTS_BELOW) files.push(await openFile(join(folder, `${eventsBelow}.db`), eventsBelow));
    const measured = await interleaved(files.flatMap(contenders), ROUNDS);
    for (const { domain, database } of files) {
      database.close();
      await domain.close();
    }
    const rows = EVENTS_BELOW.map((eventsBelow, index) => {
      const [tidemark, byHand] = measured.slice(2 * index, 2 * index + 2);
      if (tidemark === undefined || byHand === undefined) throw new Error("a measurement is missing");
      return [
        figure(eventsBelow, 0),
        ...[tidemark, byHand].flatMap(({ median, min, max }) => [micros(median), `${micros(min)}-${micros(max)}`]),
        figure(tidemark.median / byHand.median, 2),
      ];
    });
    printTable(
      `Load of a snapshot and ${TRAILING} events after it from SQLite, in µs, median of ${ROUNDS} × ${LOADS_A_SAMPLE}`,
      ["events below", "Tidemark", "min-max", "hand-written", "min-max", "ratio"],
      rows,
    );
  });
}

interface OpenFile {
  readonly domain: Domain;
  readonly database: Connection;
}

async function openFile(path: string, eventsBelow: number): Promise<OpenFile> {
  const domain = await openBank({ provider: "sqlite", path });
  await writeHistory(domain, "long", { count: eventsBelow });
  await domain.createSnapshot(Account, "long");
  await writeHistory(domain, "long", { from: eventsBelow, count: eventsBelow + TRAILING });
  const database = new Database(path, { readonly: true });
  expectSameAccount(await domain.repositoryFor(Account).get("long"), handWritten(database)());
  return { domain, database };
}

function contenders({ domain, database }: OpenFile): Contender[] {
  const accounts = domain.repositoryFor(Account);
  const byHand = handWritten(database);
  return [
    {
      operations: LOADS_A_SAMPLE,
      sample: async () => {
        for (let count = 0; count < LOADS_A_SAMPLE; count++) await accounts.get("long");
      },
    },
    {
      operations: LOADS_A_SAMPLE,
      sample: () => {
        for (let count = 0; count < LOADS_A_SAMPLE; count++) byHand();
      },
    },
  ];
}

function handWritten(database: Connection): () => PlainAccount {
  const newest = database
    .prepare<[string], [version: number, state: string]>(
      "SELECT version, state FROM snapshots WHERE stream = ? ORDER BY version DESC LIMIT 1",
    )
    .raw();
  const tail = database
    .prepare<[string, number], [type: string, data: string]>(
      "SELECT type, data FROM events WHERE stream = ? AND position > ? ORDER BY position",
    )
    .raw();
  return () => {
    const account = newPlainAccount();
    const snapshot = newest.get("bank::account:snapshot-long");
    if (snapshot !== undefined) Object.assign(account, JSON.parse(snapshot[1]), { version: snapshot[0] });
    for (const [type, data] of tail.all("bank::account-long", account.version)) foldPlain(account, type, data);
    return account;
  };
}

function micros(ms: number): string {
  return figure(ms * 1_000, 1);
}
