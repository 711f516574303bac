import { join } from "node:path";

import type { Domain } from "@tidemark/core";
import { CountingProxy } from "@tidemark/testing/postgres-server";

import { Account, MakeDeposit, openBank, writeHistory } from "../bank";
import { inDatabase } from "../postgres-database";
import { figure, printTable } from "../result-table";
import { inTemporaryFolder } from "../temporary-folder";
import { type Contender, interleaved } from "./interleaved";

const EVENTS = 10_000;
const COMMANDS = 300;
const ROUNDS = 9;

type StoreSettings = Parameters<typeof openBank>[0];

/** Commands on one account of 10,000 events that has a snapshot, without and with the cache of aggregates. */
export async function cachedCommands(): Promise<void> {
  const rows = [
    await measured("memory", () => ({ provider: "memory" })),
    await inTemporaryFolder((folder) =>
      measured("SQLite", (name) => ({ provider: "sqlite", path: join(folder, `${name}.db`), synchronous: "normal" })),
    ),
    await inDatabase((url) => measured("PostgreSQL", (schema) => ({ provider: "postgres", url, schema }))),
  ];
  printTable(
    `Commands a second on one account of ${figure(EVENTS, 0)} events with a snapshot; median of ${ROUNDS}`,
    ["store", "without cache", "with cache", "ratio"],
    rows,
  );
  process.stdout.write(`Round trips to PostgreSQL of one command with the cache: ${await inDatabase(roundTrips)}\n\n`);
}

async function measured(store: string, settings: (name: string) => StoreSettings): Promise<string[]> {
  const domains = [await bankWith(0, settings("uncached")), await bankWith(100, settings("cached"))];
  const [without, cached] = await interleaved(domains.map(processing), ROUNDS);
  for (const domain of domains) await domain.close();
  const [one, other] = [without?.median ?? Number.NaN, cached?.median ?? Number.NaN];
  return [store, figure(1_000 / one, 0), figure(1_000 / other, 0), figure(one / other, 2)];
}

async function bankWith(cachedAggregates: number, settings: StoreSettings): Promise<Domain> {
  const domain = await openBank(settings, { cache: { max_aggregates: cachedAggregates } });
  await writeHistory(domain, "hot", { count: EVENTS });
  await domain.createSnapshot(Account, "hot");
  return domain;
}

function processing(domain: Domain): Contender {
  return {
    operations: COMMANDS,
    sample: async () => {
      for (let count = 0; count < COMMANDS; count++) await deposit(domain);
    },
  };
}

async function deposit(domain: Domain): Promise<void> {
  await domain.process(new MakeDeposit({ accountId: "hot", amount: 5, reference: "benchmark" }));
}

async function roundTrips(url: string): Promise<number> {
  const proxy = await CountingProxy.before(url);
  const domain = await bankWith(100, { provider: "postgres", url: proxy.url });
  try {
    await deposit(domain);
    const before = proxy.roundTrips;
    await deposit(domain);
    return proxy.roundTrips - before;
  } finally {
    await domain.close();
    await proxy.close();
  }
}
