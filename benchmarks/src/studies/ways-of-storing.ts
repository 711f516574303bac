import { join } from "node:path";

import type { ConfigInput } from "@tidemark/core";
import { CountingProxy } from "@tidemark/testing/postgres-server";

import { inDatabase } from "../postgres-database";
import { figure, printTable } from "../result-table";
import { inTemporaryFolder } from "../temporary-folder";
import { type Ledgers, openLedgers, WAYS, type Way } from "../ways/ledger";
import { type Contender, interleaved } from "./interleaved";

/** How many bookings the ledgers have. */
const AGES = [10, 1_000];
const LOADS = 40;
const COMMANDS = 20;
const ROUNDS = 9;

type Store = NonNullable<ConfigInput["event_store"]>;

/** What loads and commands cost on aggregates that are stored as events, as state, or as both; on SQLite and PostgreSQL. */
export async function waysOfStoring(): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    await measured("SQLite", async (way) => ({ provider: "sqlite", path: join(folder, `${fileName(way)}.db`) }));
  });
  await inDatabase(async (url) => {
    await measured("PostgreSQL", async (way) => ({ provider: "postgres", url, schema: fileName(way) }));
    await roundTrips(url);
  });
}

async function measured(title: string, storeOf: (way: Way) => Promise<Store>): Promise<void> {
  const ways = Object.keys(WAYS) as Way[];
  const ledgers: Ledgers[] = [];
  for (const way of ways) ledgers.push(await openLedgers(way, await storeOf(way)));
  for (const each of ledgers) for (const age of AGES) await each.make(`loaded-${age}`, age);
  const columns: string[][] = ways.map((way) => [way]);
  for (const age of AGES) {
    const loads = await interleaved(
      ledgers.map((each): Contender => repeated(LOADS, () => each.load(`loaded-${age}`))),
      ROUNDS,
    );
    for (const [index, { median }] of loads.entries()) columns[index]?.push(figure(median, 3));
  }
  for (const age of AGES) {
    const commands = await interleaved(
      ledgers.map((each) => commanding(each, age)),
      ROUNDS,
    );
    for (const [index, { median }] of commands.entries()) columns[index]?.push(figure(median, 3));
  }
  printTable(
    `Milliseconds of a load and of a command on ${title}, by the bookings that a ledger has; median of ${ROUNDS}`,
    ["stored", ...AGES.map((age) => `load, ${figure(age, 0)}`), ...AGES.map((age) => `command, ${figure(age, 0)}`)],
    columns,
  );
  for (const each of ledgers) await each.close();
}

/** Commands on a new ledger of that age each round, so that it does not grow older from round to round. */
function commanding(ledgers: Ledgers, age: number): Contender {
  let [number, ledgerId] = [0, ""];
  return {
    ...repeated(COMMANDS, () => ledgers.book(ledgerId)),
    prepare: async () => {
      ledgerId = `commanded-${age}-${number++}`;
      await ledgers.make(ledgerId, age);
    },
  };
}

function repeated(operations: number, operation: () => Promise<unknown>): Contender {
  return {
    operations,
    sample: async () => {
      for (let count = 0; count < operations; count++) await operation();
    },
  };
}

async function roundTrips(url: string): Promise<void> {
  const rows: string[][] = [];
  for (const way of Object.keys(WAYS) as Way[]) {
    const proxy = await CountingProxy.before(url);
    const ledgers = await openLedgers(way, { provider: "postgres", url: proxy.url, schema: `wire_${fileName(way)}` });
    await ledgers.make("ledger", 10);
    // The connections are made, and the statements prepared, before anything counts.
    for (let command = 0; command < COMMANDS; command++) await ledgers.book("ledger");
    const before = proxy.roundTrips;
    for (let command = 0; command < COMMANDS; command++) await ledgers.book("ledger");
    rows.push([way, figure((proxy.roundTrips - before) / COMMANDS, 2)]);
    await ledgers.close();
    await proxy.close();
  }
  printTable("Round trips of a command on PostgreSQL", ["stored", "round trips"], rows);
}

function fileName(way: Way): string {
  return way.replace(/\W+/g, "_");
}
