import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect, isDeepStrictEqual } from "node:util";

import { DomainError } from "@tidemark/core";
import type { AppendedStream, EventStoreAdapter, LoadedStream, RecordedMessage } from "@tidemark/core/adapter";

import type { SqliteEventStore } from "../src";
import { inFile, sqliteStore } from "./driver-under-test";
import { append, ref, snapshot } from "./messages";
import { temporaryFolder } from "./temporary-folder";
import { pagesOf } from "./trees-of-pages";

const STREAMS = ["account-1", "account-2", "transfer-1"];
const folder = temporaryFolder();
const sound = join(folder, "sound.db");
/** The same as a process leaves it that is killed: the last events are in the log alone. */
const leftOpen = join(folder, "left-open.db");

/** Copies a file as it is while a store has it open. */
function copyOpen(path: string, copy: string): void {
  inFile(path, (database) => database.pragma("wal_checkpoint(TRUNCATE)"));
  copyFileSync(path, copy);
}

async function openedCopy(alter: (path: string) => void, original = sound): Promise<SqliteEventStore> {
  const path = join(folder, "damaged.db");
  for (const suffix of ["", "-wal", "-shm"]) rmSync(path + suffix, { force: true });
  copyFileSync(original, path);
  alter(path);
  const store = sqliteStore({ path });
  await store.open();
  return store;
}

function execute(sql: string): (path: string) => void {
  return (path) => inFile(path, (database) => database.exec(sql));
}

const OF_ACCOUNT_1 = "stream_id = (SELECT id FROM event_streams WHERE name = 'account-1')";

const CART = { ...ref("cart-1"), version: 4, data: '{"items":3}' };

function failureOf(read: () => unknown): unknown {
  try {
    return { answered: read() };
  } catch (error) {
    return error;
  }
}

beforeAll(async () => {
  const store = sqliteStore({ path: sound });
  await store.open();
  for (let round = 0; round < 10; round++) {
    for (const stream of STREAMS) await store.log.append([append(stream, [`${stream}:${round}`], round - 1)]);
  }
  await store.snapshots.write([{ snapshot: snapshot("1", 4), keep: 3 }]);
  await store.snapshots.write([{ snapshot: snapshot("1", 6), keep: 3 }]);
  await store.operations.flush([{ kind: "putState", state: CART, expectedVersion: -1 }]);
  copyOpen(sound, leftOpen);
  await store.close();
});

const SEARCH = { ...ref("account:snapshot-1"), kinds: [{ schemaVersion: 1, fingerprint: "f1" }] };

describe("a row that was altered", () => {
  const alterations = {
    stream: "stream_id = 99",
    category: "category_id = 2",
    "unknown category": "category_id = 9",
    id: "id = 'another'",
    type: "type = 'Bank.DepositMade.v2'",
    time: "time = time + 1",
    data: "data = replace(data, 'note of', 'NOTE of')",
    metadata: `metadata = '{"of":"nobody"}'`,
    chain: "chain = chain + 1",
    seal: "seal = seal + 1",
    checksum: "checksum = checksum + 1",
    global_position: "global_position = 1000",
  };

  it.each(Object.entries(alterations))("is noticed by its %s when it is read, and named", async (column, change) => {
    const where = `WHERE ${OF_ACCOUNT_1} AND position = 5`;
    const store = await openedCopy(execute(`UPDATE event_log SET ${change} ${where}`));
    const named = { code: "DESERIALIZATION_FAILED", details: { stream: "account-1", position: 5 } };
    expect(failureOf(() => store.log.readStream(ref("account-1"), { from: 0, limit: 20 }))).toMatchObject(named);
    if (["stream", "type", "data"].includes(column)) {
      expect(failureOf(() => store.load({ ...ref("account-1"), limit: 20 }))).toMatchObject(named);
      expect(() => store.load({ ...ref("account-1"), limit: 3 })).not.toThrow();
    }
    const faults = [];
    for await (const page of store.verify()) faults.push(...page.faults);
    expect(faults).toContainEqual(expect.objectContaining({ stream: "account-1", position: 5 }));
    await store.close();
  });

  it("is not appended to when it is the stream's last", async () => {
    const store = await openedCopy(execute(`UPDATE event_log SET chain = 1 WHERE ${OF_ACCOUNT_1} AND position = 9`));
    await expect(store.log.append([append("account-1", ["new"], 9)])).rejects.toMatchObject({
      code: "DESERIALIZATION_FAILED",
      details: { stream: "account-1", position: 9 },
    });
    expect(await store.log.append([append("account-2", ["new"], 9)])).toEqual([
      { stream: "account-2", version: 10, globalPosition: 31 },
    ]);
    await store.close();
  });

  it("is missed in the midst of its stream, wherever a page begins", async () => {
    const store = await openedCopy(execute(`DELETE FROM event_log WHERE ${OF_ACCOUNT_1} AND position BETWEEN 0 AND 3`));
    const named = { code: "DESERIALIZATION_FAILED", details: { stream: "account-1", position: 0 } };
    expect(failureOf(() => store.load({ ...ref("account-1"), limit: 2 }))).toMatchObject(named);
    expect(failureOf(() => store.load({ ...ref("account-1"), limit: 20 }))).toMatchObject(named);
    expect(failureOf(() => store.log.readStream(ref("account-1"), { from: 0, limit: 20 }))).toMatchObject(named);
    expect(() => store.log.readAll({ after: 0, limit: 20 })).toThrow(/global position 1 is missing/);
    expect(await store.load({ ...ref("account-1"), limit: 20, snapshots: SEARCH })).toMatchObject({
      snapshot: { version: 6 },
      page: { lastPosition: 9 },
    });
    await store.close();
  });

  it("is missed at the end of the log, however often the file is opened and closed", async () => {
    const path = join(folder, "damaged.db");
    const lost = "DELETE FROM event_log WHERE global_position > 25";
    await (await openedCopy(execute(lost))).close();
    const store = sqliteStore({ path });
    await store.open();
    const missing = /global position 30 is missing/;
    expect(() => store.log.readAll({ after: 0, limit: 99 })).toThrow(missing);
    expect(() => store.log.readAll({ after: 0, limit: 99, categories: ["account"] })).toThrow(missing);
    await expect(store.log.append([append("new-1", ["new"])])).rejects.toThrow(/the table event_log is damaged/);
    await expect(store.log.append([append("account-1", ["new"], 8)])).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
    });
    const faults = [];
    for await (const page of store.verify()) faults.push(...page.faults);
    expect(faults).toContainEqual(expect.objectContaining({ stream: "account-1", position: 9 }));
    await store.close();
  });

  it("of a snapshot comes with its fault", async () => {
    const store = await openedCopy(execute(`UPDATE snapshots SET state = '{"balance":7}' WHERE version = 6`));
    const loaded = await store.load({ ...ref("account-1"), limit: 20, snapshots: SEARCH });
    expect(loaded.snapshot).toMatchObject({ version: 6, fault: expect.stringContaining("damaged") });
    const older = await store.load({ ...ref("account-1"), limit: 20, snapshots: { ...SEARCH, below: 6 } });
    expect(older.snapshot).toEqual(snapshot("1", 4));
    await store.close();
  });
});

describe("a state that was altered", () => {
  const alterations = {
    stream: "stream = 'cart-9'",
    category: "category = 'basket'",
    version: "version = 5",
    checksum: "checksum = checksum + 1",
    data: `data = '{"items":4}'`,
  };

  it.each(Object.entries(alterations))("is noticed by its %s when it is read, and named", async (column, change) => {
    const store = await openedCopy(execute(`UPDATE states SET ${change}`));
    const [stream, position] = [column === "stream" ? "cart-9" : "cart-1", column === "version" ? 5 : 4];
    const named = { code: "DESERIALIZATION_FAILED", details: { stream, position } };
    const { states } = store.operations;
    expect(failureOf(() => states.load(ref(stream)))).toMatchObject(named);
    expect(failureOf(() => states.loadAll([ref("cart-2"), ref(stream)]))).toMatchObject(named);
    const category = column === "category" ? "basket" : "cart";
    expect(failureOf(() => states.list(category, { limit: 9 }))).toMatchObject(named);
    const faults = [];
    for await (const page of store.verify()) faults.push(...page.faults);
    expect(faults).toEqual([{ stream, position, reason: "the row was damaged or altered after it was written" }]);
    await store.close();
  });

  it("is whole where nobody touched it", async () => {
    const store = await openedCopy(() => {});
    expect(await store.operations.states.load(ref("cart-1"))).toEqual(CART);
    await store.close();
  });
});

it("loads all events when the snapshots cannot be read at all", async () => {
  const store = await openedCopy(() => {});
  execute("ALTER TABLE snapshots RENAME TO lost")(join(folder, "damaged.db"));
  const loaded = await store.load({ ...ref("account-1"), limit: 20, snapshots: SEARCH });
  expect(loaded.snapshot).toMatchObject({ version: -1, fault: expect.stringContaining("cannot be read") });
  expect(loaded.page).toMatchObject({ lastPosition: 9, more: false });
  await store.close();
});

describe.each([
  ["a flipped bit", sound],
  ["a flipped bit in a file that was not closed", leftOpen],
])("%s", (_name, original) => {
  /** Every page that rows of events lie on, as their payload shows. */
  function eventPages(bytes: Buffer): number[] {
    const pages = Array.from({ length: bytes.length / 4096 }, (_, page) => page);
    return pages.filter((page) => bytes.subarray(page * 4096, (page + 1) * 4096).includes("note of account"));
  }

  /** A file that was not closed has no second place that says where its log ends: a reader of categories may miss the last events. */
  const isEndKept = original === sound;

  function reads(store: EventStoreAdapter): (() => unknown)[] {
    return [
      ...STREAMS.flatMap((stream) => [
        () => store.load({ ...ref(stream), limit: 100 }),
        () => store.load({ ...ref(stream), limit: 100, maxTime: 1_700_000_000_000 }),
        () => store.log.readStream(ref(stream), { from: 0, limit: 100 }),
        () => store.log.readLast(ref(stream)),
        () => store.log.version(ref(stream)),
      ]),
      // Its `upTo` follows the rows of other categories, which are not read. The next append comes after them too.
      async () => {
        const { messages } = await store.log.readAll({ after: 0, limit: 100, categories: ["account"] });
        return isEndKept || messages.length === 20 ? messages : "an error";
      },
      () => store.log.listStreams("account", { limit: 100 }),
    ];
  }

  async function outcome(read: () => unknown): Promise<unknown> {
    try {
      return await read();
    } catch (error) {
      if (error instanceof DomainError) return "an error";
      throw error;
    }
  }

  /** Flips one bit after the other, each in a sound file, and compares what is read. */
  async function tryFlips(bytes: Buffer, flips: Iterable<{ readonly at: number; readonly bit: number }>) {
    const intact = await openedCopy(() => {}, original);
    const expected = await Promise.all(reads(intact).map((read) => outcome(read)));
    await intact.close();
    const wrong: unknown[] = [];
    let noticed = 0;
    for (const { at, bit } of flips) {
      const store = await openedCopy((path) => {
        const copy = Buffer.from(bytes);
        copy[at]! ^= bit;
        writeFileSync(path, copy);
      }, original);
      const found = await Promise.all(reads(store).map((read) => outcome(read)));
      for (const [index, each] of found.entries()) {
        if (each === "an error") noticed++;
        else if (!isDeepStrictEqual(each, expected[index])) wrong.push({ at, bit, index, each });
      }
      await store.close();
    }
    expect(wrong).toEqual([]);
    expect(noticed).toBeGreaterThan(0);
  }

  it("of a stored row gives an error or exactly what was written, 400 times", async () => {
    const bytes = readFileSync(original);
    const pages = eventPages(bytes);
    const flips = Array.from({ length: 400 }, () => {
      const page = pages[Math.floor(Math.random() * pages.length)]!;
      return { at: page * 4096 + Math.floor(Math.random() * 4096), bit: 1 << Math.floor(Math.random() * 8) };
    });
    await tryFlips(bytes, flips);
  });

  it("in the header of a page of rows, such as in the number of rows, does so as well", async () => {
    const bytes = readFileSync(original);
    const headers = eventPages(bytes).flatMap((page) => Array.from({ length: 8 }, (_, byte) => page * 4096 + byte));
    const flips = headers.flatMap((at) => Array.from({ length: 8 }, (_, bit) => ({ at, bit: 1 << bit })));
    await tryFlips(bytes, flips);
  });
});

describe.each([
  ["a flipped bit in a page of an index, or of a table beside the log", "closed"],
  ["the same in a file that was not closed", "open"],
])("%s", (_name, left) => {
  const path = join(folder, `many-${left}.db`);
  const streams = Array.from({ length: 40 }, (_, n) => `account-${n}`);
  const STRUCTURES = [
    ...["event_log_by_stream", "event_ends", "event_ids", "event_order", "indexed_events"],
    ...["event_streams", "event_streams_by_name", "event_streams_by_category"],
    ...["event_categories", "event_categories_by_name"],
  ];
  let bytes: Buffer;
  let pages: number[];
  /** Those of the table of streams. */
  let pagesOfStreams: number[];

  beforeAll(async () => {
    const store = sqliteStore({ path });
    await store.open();
    for (const stream of streams) {
      const ids = Array.from({ length: 20 }, (_, position) => `${stream}:${position}`);
      await store.log.append([append(stream, ids, -1)]);
    }
    for (const stream of streams) await store.log.append([append(stream, [`${stream}:20`], 19)]);
    const copy = `${path}-copy`;
    if (left === "open") copyOpen(path, copy);
    await store.close();
    bytes = readFileSync(left === "open" ? copy : path);
    pages = STRUCTURES.flatMap((structure) => pagesOf(path, bytes, structure));
    pagesOfStreams = pagesOf(path, bytes, "event_streams");
  });

  interface Flip {
    readonly at: number;
    readonly bit: number;
  }

  /** @returns what was read or appended that must not have been; undefined where an error said so. */
  async function unlessRefused(attempt: () => unknown, isRight: (answer: unknown) => boolean): Promise<unknown> {
    try {
      const answer = await attempt();
      return isRight(answer) ? undefined : answer;
    } catch (error) {
      return error instanceof DomainError ? "an error" : error;
    }
  }

  async function faultCount(store: SqliteEventStore): Promise<number> {
    let count = 0;
    for await (const { faults } of store.verify()) count += faults.length;
    return count;
  }

  async function tryFlip({ at, bit }: Flip): Promise<{ readonly wrong: string[]; readonly noticed: number }> {
    const damaged = join(folder, "damaged.db");
    for (const suffix of ["", "-wal", "-shm"]) rmSync(damaged + suffix, { force: true });
    const copy = Buffer.from(bytes);
    copy[at]! ^= bit;
    writeFileSync(damaged, copy);
    const store = sqliteStore({ path: damaged, synchronous: "normal" });
    await store.open();
    const answers: unknown[] = [];
    for (const stream of streams) {
      const isOf = (message: RecordedMessage | undefined, position: number): boolean =>
        message?.id === `${stream}:${position}` && message.stream === stream && message.position === position;
      const from = (first: number) => (answer: unknown) => {
        const messages = answer as readonly RecordedMessage[];
        return messages.length === 21 - first && messages.every((message, index) => isOf(message, first + index));
      };
      const ended = (answer: unknown) => {
        const { lastPosition, lastId, events } = (answer as LoadedStream).page;
        // Each is a type and its data.
        return lastPosition === 20 && lastId === `${stream}:20` && events.length === 42;
      };
      answers.push(
        await unlessRefused(
          () => store.log.version(ref(stream)),
          (version) => version === 20,
        ),
        await unlessRefused(() => store.load({ ...ref(stream), limit: 100 }), ended),
        await unlessRefused(() => store.load({ ...ref(stream), limit: 100, maxTime: 1_700_000_000_001 }), ended),
        await unlessRefused(() => store.log.readStream(ref(stream), { from: 0, limit: 100 }), from(0)),
        await unlessRefused(() => store.log.readStream(ref(stream), { from: 10, limit: 100 }), from(10)),
        await unlessRefused(
          () => store.log.readLast(ref(stream)),
          (last) => isOf(last as RecordedMessage | undefined, 20),
        ),
      );
    }
    const verified =
      (await unlessRefused(
        () => faultCount(store),
        (count) => count === 0,
      )) !== undefined;
    const noticed = answers.filter((answer) => answer === "an error").length;
    if (noticed > 0 && !verified) answers.push("verify noticed nothing");
    for (const stream of streams) {
      const stale = append(stream, [`stale of ${stream}`], 9);
      answers.push(
        await unlessRefused(
          () => store.log.append([stale]),
          () => false,
        ),
      );
      const next = append(stream, [`next of ${stream}`], 20);
      answers.push(
        await unlessRefused(
          () => store.log.append([next]),
          (appended) => (appended as readonly AppendedStream[])[0]!.version === 21,
        ),
      );
    }
    await store.close();
    const wrong = answers.filter((answer) => answer !== undefined && answer !== "an error");
    // What is tried again has to be seen first.
    return { wrong: wrong.map((answer) => `bit ${bit} at ${at}: ${inspect(answer)}`), noticed };
  }

  async function tryFlips(flips: readonly Flip[]): Promise<void> {
    const wrong: string[] = [];
    let noticed = 0;
    for (const flip of flips) {
      const found = await tryFlip(flip);
      wrong.push(...found.wrong);
      noticed += found.noticed;
    }
    expect(wrong).toEqual([]);
    expect(noticed).toBeGreaterThan(0);
  }

  function flipsOfHeaders(among: readonly number[], bytesOfHeader: readonly number[]): Flip[] {
    const places = among.flatMap((page) => bytesOfHeader.map((byte) => (page - 1) * 4096 + byte));
    return places.flatMap((at) => Array.from({ length: 8 }, (_, bit) => ({ at, bit: 1 << bit })));
  }

  const isFull = process.env.TIDEMARK_TEST === "full";
  const HEADER_BYTES = Array.from({ length: 12 }, (_, byte) => byte);
  const NUMBER_OF_ROWS = [3, 4];

  it("leads nobody in circles, where a page of the table of streams counts other rows than it has", async () => {
    await tryFlips(flipsOfHeaders(pagesOfStreams, NUMBER_OF_ROWS));
  });

  it("hides no event and lets no stale append through, wherever in the header of a page it is", async () => {
    const every = isFull ? 1 : 25;
    await tryFlips(flipsOfHeaders(pages, HEADER_BYTES).filter((_, index) => index % every === 0));
  }, 1_200_000);

  it(`does neither anywhere in a page, ${isFull ? 1_000 : 50} times`, async () => {
    const flips = Array.from({ length: isFull ? 1_000 : 50 }, () => {
      const page = pages[Math.floor(Math.random() * pages.length)]!;
      return { at: (page - 1) * 4096 + Math.floor(Math.random() * 4096), bit: 1 << Math.floor(Math.random() * 8) };
    });
    await tryFlips(flips);
  }, 1_200_000);
});
