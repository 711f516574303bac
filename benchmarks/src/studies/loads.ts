import { join, resolve } from "node:path";

import { Account, openBank, writeHistory } from "../bank";
import { inDatabase } from "../postgres-database";
import { figure, printTable } from "../result-table";
import { inTemporaryFolder } from "../temporary-folder";
import { type Contender, interleaved } from "./interleaved";
import { drawLoads, type Load } from "./loads-plot";

const LENGTHS = [100, 1_000, 10_000, 100_000, 1_000_000];
const TRAILING = 5;
const ROUNDS = 5;

const PICTURE = resolve(__dirname, "../../../docs/images/loads.svg");

/** Loads of streams of every length on every store, without and with a snapshot, as a table and as the README's picture. */
export async function loads(): Promise<void> {
  const measured = [
    ...(await inTemporaryFolder((folder) =>
      measure("SQLite", { provider: "sqlite", path: join(folder, "bank.db"), synchronous: "normal" }),
    )),
    ...(await inDatabase((url) => measure("PostgreSQL", { provider: "postgres", url }))),
    ...(await measure("memory", { provider: "memory" })),
  ];
  const stores = ["memory", "SQLite", "PostgreSQL"];
  printTable(
    `Loads in ms, without a snapshot and with one that has ${TRAILING} events after it; median of ${ROUNDS}`,
    ["events", ...stores.flatMap((store) => [store, "with snapshot"])],
    LENGTHS.map((events) => {
      const cells = stores.flatMap((store) => [
        time(measured, store, events, false),
        time(measured, store, events, true),
      ]);
      return [figure(events, 0), ...cells];
    }),
  );
  await drawLoads(measured, PICTURE);
  process.stdout.write(`Drawn to ${PICTURE}\n\n`);
}

async function measure(store: string, eventStore: Parameters<typeof openBank>[0]): Promise<Load[]> {
  await using domain = await openBank(eventStore);
  const accounts = domain.repositoryFor(Account);
  const loading = (id: string, operations: number): Contender => ({
    operations,
    sample: async () => {
      for (let count = 0; count < operations; count++) await accounts.get(id);
    },
  });
  const measured: Load[] = [];
  for (const events of LENGTHS) {
    const id = idOf(events);
    await writeHistory(domain, id, { count: events });
    const [replay] = await interleaved([loading(id, Math.ceil(20_000 / events))], ROUNDS);
    measured.push({ store, events, hasSnapshot: false, ms: replay?.median ?? Number.NaN });
    await domain.createSnapshot(Account, id);
    await writeHistory(domain, id, { from: events, count: events + TRAILING });
  }
  const fromSnapshots = await interleaved(
    LENGTHS.map((events) => loading(idOf(events), 200)),
    3 * ROUNDS,
  );
  for (const [index, { median: ms }] of fromSnapshots.entries())
    measured.push({ store, events: LENGTHS[index] ?? 0, hasSnapshot: true, ms });
  return measured;
}

function idOf(events: number): string {
  return `account-${events}`;
}

function time(measured: readonly Load[], store: string, events: number, hasSnapshot: boolean): string {
  const found = measured.find(
    (load) => load.store === store && load.events === events && load.hasSnapshot === hasSnapshot,
  );
  const ms = found?.ms ?? Number.NaN;
  return figure(ms, ms < 1 ? 3 : ms < 100 ? 1 : 0);
}
