import { statSync } from "node:fs";
import { join } from "node:path";

import type { SqliteEventStore } from "../src";
import { inFile, sqliteStore } from "./driver-under-test";
import { append } from "./messages";
import { temporaryFolder } from "./temporary-folder";

const [HEADER, FRAME] = [32, 4_096 + 24];
const STREAMS = Array.from({ length: 300 }, (_, n) => `account-${n}`);

let path: string;
let store: SqliteEventStore;

beforeEach(async () => {
  path = join(temporaryFolder(), "pages.db");
  store = sqliteStore({ path, synchronous: "normal" });
  await store.open();
});
afterEach(() => store.close());

/** How many pages a piece of work writes to the write-ahead log, in its mean. */
async function pagesOf(works: readonly (() => Promise<unknown>)[]): Promise<number> {
  inFile(path, (database) => database.pragma("wal_checkpoint(TRUNCATE)"));
  for (const work of works) await work();
  return (statSync(`${path}-wal`).size - HEADER) / FRAME / works.length;
}

it("an append to one of many streams writes few more pages than a row and an entry of its index take", async () => {
  for (const stream of STREAMS)
    await store.log.append([
      append(
        stream,
        Array.from({ length: 20 }, (_, n) => `${stream}:${n}`),
        -1,
      ),
    ]);
  const appends = STREAMS.map((stream) => () => store.log.append([append(stream, [`${stream}:20`], 19)]));
  expect(await pagesOf(appends)).toBeLessThan(3);
});

it("the first append to a stream writes three more, for its name", async () => {
  const appends = STREAMS.map((stream) => () => store.log.append([append(stream, [`${stream}:0`], -1)]));
  expect(await pagesOf(appends)).toBeLessThan(6);
});

it("the write-ahead log takes more pages before they are moved into the file than SQLite has it by itself", async () => {
  inFile(path, (database) => database.pragma("wal_checkpoint(TRUNCATE)"));
  for (let n = 0; n < 700; n++) await store.log.append([append("account-1", [`e${n}`], n - 1)]);
  expect((statSync(`${path}-wal`).size - HEADER) / FRAME).toBeGreaterThan(1_200);
});
