import { Pool } from "pg";

import { Account, openBank, writeHistory } from "./bank";
import { foldPlain, newPlainAccount, type PlainAccount } from "./hand-written-fold";
import { type Contender, interleaved } from "./interleaved";
import { inDatabase, run } from "./postgres-database";
import { figure, printTable } from "./result-table";
import { expectSameAccount } from "./same-account";

const EVENTS = 50_000;
const TRAILING = 5;

/** Loads an account of 50,000 events from PostgreSQL without and with a snapshot, beside hand-written reads of the same rows. */
export async function postgresLoad(): Promise<void> {
  await inDatabase(async (url) => {
    await using domain = await openBank({ provider: "postgres", url });
    const accounts = domain.repositoryFor(Account);
    await writeHistory(domain, "long", { count: EVENTS });
    await writeHistory(domain, "short", { count: EVENTS });
    await domain.createSnapshot(Account, "short");
    await writeHistory(domain, "short", { from: EVENTS, count: EVENTS + TRAILING });
    await run(url, "ANALYZE");

    const pool = new Pool({ connectionString: url });
    try {
      expectSameAccount(await accounts.get("long"), await replayed(pool));
      expectSameAccount(await accounts.get("short"), await fromSnapshot(pool));
      const rows = [
        await row("without", 1, 9, [() => accounts.get("long"), () => replayed(pool)]),
        await row("with", 200, 15, [() => accounts.get("short"), () => fromSnapshot(pool)]),
      ];
      printTable(
        `Load of ${figure(EVENTS, 0)} events from PostgreSQL, in ms, by whether there is a snapshot (and ${TRAILING} events after it)`,
        ["snapshot", "Tidemark", "min-max", "hand-written", "min-max", "share of its rate"],
        rows,
      );
    } finally {
      await pool.end();
    }
  });
}

async function row(name: string, loads: number, rounds: number, ways: readonly (() => Promise<unknown>)[]) {
  const contenders = ways.map(
    (load): Contender => ({
      operations: loads,
      sample: async () => {
        for (let count = 0; count < loads; count++) await load();
      },
    }),
  );
  const [tidemark, byHand] = await interleaved(contenders, rounds);
  if (tidemark === undefined || byHand === undefined) throw new Error("a measurement is missing");
  return [
    name,
    ...[tidemark, byHand].flatMap(({ median, min, max }) => [figure(median, 2), `${figure(min, 2)}-${figure(max, 2)}`]),
    `${figure((100 * byHand.median) / tidemark.median, 0)} %`,
  ];
}

async function replayed(pool: Pool): Promise<PlainAccount> {
  const account = newPlainAccount();
  const text = "SELECT type, data FROM tidemark.events WHERE stream = $1 ORDER BY position";
  const values = ["bank::account-long"];
  const { rows } = await pool.query<[string, string]>({ name: "replay", text, values, rowMode: "array" });
  for (const [type, data] of rows) foldPlain(account, type, data);
  return account;
}

/** The newest snapshot and the events after it, in one round trip. */
async function fromSnapshot(pool: Pool): Promise<PlainAccount> {
  const account = newPlainAccount();
  const text = `
    WITH newest AS MATERIALIZED (
      SELECT version, state_text FROM tidemark.snapshots WHERE stream = $2 ORDER BY version DESC LIMIT 1
    )
    SELECT version, NULL, state_text FROM newest
    UNION ALL (
      SELECT position, type, data FROM tidemark.events
      WHERE stream = $1 AND position > coalesce((SELECT version FROM newest), -1) ORDER BY position
    )`;
  const values = ["bank::account-short", "bank::account:snapshot-short"];
  const { rows } = await pool.query<[number, string | null, string]>({ name: "load", text, values, rowMode: "array" });
  for (const [version, type, data] of rows) {
    if (type === null) Object.assign(account, JSON.parse(data), { version });
    else foldPlain(account, type, data);
  }
  return account;
}
