import { join } from "node:path";

import type { AppendRequest } from "@tidemark/core/adapter";
import { SqliteEventStore } from "@tidemark/sqlite";

import { figure, printTable } from "../result-table";
import { inTemporaryFolder } from "../temporary-folder";
import { type Contender, interleaved } from "./interleaved";

const DRIVERS = ["better-sqlite3", "node"] as const;
const ROUNDS = 15;
const EVENTS = 10_000;
const PAGE = 500;
const ACCOUNT = { stream: "bank::account-1", category: "bank::account" };

/** What the two drivers of SQLite take for the same work on files of their own, by whatever version of Node runs it. */
export async function sqliteDrivers(): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const stores = await Promise.all(DRIVERS.map((driver) => openStore(join(folder, `${driver}.db`), driver)));
    const works: Readonly<Record<string, (store: SqliteEventStore) => Contender>> = {
      "append 1 event": appending(1),
      "append 100 events": appending(100),
      [`replay ${figure(EVENTS, 0)} events`]: replaying,
      [`read ${figure(EVENTS, 0)} events of a category`]: readingCategory,
      "load 5 events": loading,
    };
    const rows: string[][] = [];
    for (const [work, contender] of Object.entries(works)) {
      const [better, node] = (await interleaved(stores.map(contender), ROUNDS)).map(({ median }) => median * 1_000);
      rows.push([work, figure(better!, 1), figure(node!, 1), figure(better! / node!, 2)]);
    }
    for (const store of stores) await store.close();
    printTable(
      `Microseconds by driver with Node ${process.versions.node}, synchronous = "normal"; median of ${ROUNDS}`,
      ["work", ...DRIVERS, "ratio"],
      rows,
    );
  });
}

async function openStore(path: string, driver: (typeof DRIVERS)[number]): Promise<SqliteEventStore> {
  const store = new SqliteEventStore({ path, driver, synchronous: "normal" });
  await store.open();
  for (let first = 0; first < EVENTS; first += 100) await store.log.append([request(ACCOUNT.stream, first, 100)]);
  await store.log.append([request("bank::account-2", 0, 5)]);
  return store;
}

let number = 0;

function request(stream: string, first: number, count: number): AppendRequest {
  const messages = Array.from({ length: count }, () => ({
    id: `0190a8f0-0000-7000-8000-${String(number++).padStart(12, "0")}`,
    type: "Bank.DepositMade.v1",
    time: 1_700_000_000_000,
    data: '{"accountId":"account-1","amount":5,"reference":"benchmark"}',
    metadata: '{"correlationId":"0190a8f0-0000-7000-8000-000000000000"}',
  }));
  return { stream, category: stream.slice(0, stream.indexOf("-")), expectedVersion: first - 1, messages };
}

function appending(count: number): (store: SqliteEventStore) => Contender {
  return (store) => {
    let stream = 0;
    const next = () => `bank::transfer-${count}-${stream++}`;
    return {
      operations: 200,
      sample: async () => {
        for (let append = 0; append < 200; append++) await store.log.append([request(next(), 0, count)]);
      },
    };
  };
}

function replaying(store: SqliteEventStore): Contender {
  return {
    operations: 1,
    sample: async () => {
      for (let after = -1, more = true; more; ) {
        const page = await store.log.loadPage({ ...ACCOUNT, after, limit: PAGE });
        after = page.lastPosition;
        more = page.more;
      }
    },
  };
}

function readingCategory(store: SqliteEventStore): Contender {
  return {
    operations: 1,
    sample: async () => {
      for (let after = 0, atEnd = false; !atEnd; ) {
        const page = await store.log.readAll({ after, limit: PAGE, categories: [ACCOUNT.category] });
        after = page.upTo;
        atEnd = page.atEnd;
      }
    },
  };
}

function loading(store: SqliteEventStore): Contender {
  const account = { stream: "bank::account-2", category: ACCOUNT.category, limit: PAGE };
  return {
    operations: 2_000,
    sample: async () => {
      for (let load = 0; load < 2_000; load++) await store.load(account);
    },
  };
}
