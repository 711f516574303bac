import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

import { DomainError } from "@tidemark/core";
import type { LoadedStream, Operation, RecordedMessage, StoredSnapshot, StoredState } from "@tidemark/core/adapter";

import type { SqliteEventStore } from "../src";
import { inFile, sqliteStore } from "./driver-under-test";
import { append, ref, snapshot } from "./messages";
import { temporaryFolder } from "./temporary-folder";
import { cellsOf, pagesOf, startOf, withCells } from "./trees-of-pages";

/**
 * A search in an index whose entries are out of order ends at whichever entry it comes to, and SQLite gives the row of that one without an
 * error. A single flipped bit can do that: in a key, or in a pointer to a page.
 */

const folder = temporaryFolder();
const path = join(folder, "ordered.db");
const damaged = join(folder, "disordered.db");

const LAST = 20;
const STREAMS = Array.from({ length: 30 }, (_, n) => `${["account", "order", "transfer"][n % 3]}-${n}`);
const ACCOUNTS = STREAMS.filter((stream) => stream.startsWith("account"));
const numberOf = (stream: string) => stream.split("-")[1]!;
const cartOf = (stream: string) => ({ ...ref(`cart-${numberOf(stream)}`), version: 3, data: `{"of":"${stream}"}` });
const SNAPSHOTS = STREAMS.flatMap((stream) =>
  [4, 9, 14].map((version) => ({ ...snapshot(numberOf(stream), version), state: `{"of":"${stream}@${version}"}` })),
);

const lastAppend = (stream: string) => append(stream, [`${stream}:${LAST}`], LAST - 1);

let bytes: Buffer;

beforeAll(async () => {
  const store = sqliteStore({ path });
  await store.open();
  for (const stream of STREAMS) {
    const ids = Array.from({ length: LAST }, (_, position) => `${stream}:${position}`);
    await store.log.append([append(stream, ids, -1)]);
  }
  for (const stream of STREAMS) await store.log.append([lastAppend(stream)]);
  await store.snapshots.write(SNAPSHOTS.map((each) => ({ snapshot: each, keep: 3 })));
  await store.operations.flush(
    STREAMS.map((stream) => ({ kind: "putState", state: cartOf(stream), expectedVersion: -1 })),
  );
  await store.close();
  bytes = readFileSync(path);
});

/** How many entries lie between two whose keys are changed. */
const STEP = 3;
/** Where the first key lies in the entry of an index with two or three short ones. */
const FIRST_KEY = 5;

/** Files in which the entries of one page are in another order, or one entry has a key that belongs elsewhere. */
function* disorders(structure: string): Generator<Buffer> {
  for (const page of pagesOf(path, bytes, structure)) {
    const cells = cellsOf(bytes, page);
    yield withCells(bytes, page, cells.toReversed());
    const turn = Math.max(1, Math.floor(cells.length / 12));
    for (let from = 1; from < cells.length; from += turn)
      yield withCells(bytes, page, [...cells.slice(from), ...cells.slice(0, from)]);
    for (let index = 0; index < cells.length; index += STEP) {
      const copy = Buffer.from(bytes);
      copy[startOf(page) + cells[index]! + FIRST_KEY]! ^= 4;
      yield copy;
    }
  }
}

async function opened(file: Buffer): Promise<SqliteEventStore> {
  for (const suffix of ["", "-wal", "-shm"]) rmSync(damaged + suffix, { force: true });
  writeFileSync(damaged, file);
  const store = sqliteStore({ path: damaged, synchronous: "normal" });
  await store.open();
  return store;
}

/** A question to a store, and whether an answer is right that a damaged store may give. */
interface Question {
  readonly asked: string;
  readonly answer: (store: SqliteEventStore) => unknown;
  /** The answer of the store that is sound, where it is not given. */
  readonly isRight?: (answer: unknown) => boolean;
}

const QUESTIONS: readonly Question[] = [
  ...STREAMS.flatMap((stream): Question[] => [
    { asked: `the last event of ${stream}`, answer: ({ log }) => log.readLast(ref(stream)) },
    { asked: `the version of ${stream}`, answer: ({ log }) => log.version(ref(stream)) },
    { asked: `the events of ${stream}`, answer: ({ log }) => log.readStream(ref(stream), { from: 0, limit: 99 }) },
    { asked: `later events of ${stream}`, answer: ({ log }) => log.readStream(ref(stream), { from: 7, limit: 9 }) },
    { asked: `${stream}`, answer: (store) => store.load({ ...ref(stream), limit: 99 }) },
    {
      asked: `${stream} as it was`,
      answer: (store) => store.load({ ...ref(stream), limit: 99, maxTime: 1_700_000_000_000 }),
    },
    { asked: `the state of ${stream}`, answer: ({ operations }) => operations.states.load(cartOf(stream)) },
    { asked: `the last append to ${stream} again`, answer: ({ log }) => log.append([lastAppend(stream)]) },
  ]),
  ...ACCOUNTS.flatMap((stream): Question[] =>
    [undefined, 12].map((maxVersion) => ({
      asked: `${stream} with its snapshot, up to ${maxVersion}`,
      answer: (store) => store.load({ ...ref(stream), limit: 99, snapshots: searchFor(stream), ...bound(maxVersion) }),
      isRight: (answer) => isRightLoad(stream, answer as LoadedStream, maxVersion),
    })),
  ),
  {
    asked: "the snapshots of account-3",
    answer: ({ snapshots }) => snapshots.read({ stream: "account:snapshot-3", category: "account:snapshot" }),
    isRight: (answer) => (answer as StoredSnapshot[]).every((each) => each.stream === "account:snapshot-3"),
  },
  {
    asked: "the events of accounts and orders",
    answer: async ({ log }) => (await log.readAll({ after: 0, limit: 999, categories: ["account", "order"] })).messages,
    // What is hidden from the order of categories is missed without a sign.
    isRight: (answer) => (answer as RecordedMessage[]).every(({ category }) => category !== "transfer"),
  },
  {
    asked: "the carts",
    answer: ({ operations }) => operations.states.list("cart", { limit: 99 }),
    isRight: (answer) => (answer as StoredState[]).every((each) => isDeepStrictEqual(each, cartIn(each))),
  },
  {
    asked: "the streams of orders",
    answer: ({ log }) => log.listStreams("order", { limit: 99 }),
    isRight: (answer) => (answer as string[]).every((stream) => stream.startsWith("order-")),
  },
];

function cartIn({ stream }: StoredState): StoredState | undefined {
  return STREAMS.map(cartOf).find((cart) => cart.stream === stream);
}

function searchFor(stream: string) {
  return { ...ref(`account:snapshot-${numberOf(stream)}`), kinds: [{ schemaVersion: 1, fingerprint: "f1" }] };
}

function bound(maxVersion: number | undefined) {
  return maxVersion === undefined ? {} : { maxVersion };
}

/** A snapshot may be missed, or come with a fault; none may be of another stream, or later than was asked for. */
function isRightLoad(stream: string, { snapshot: found, page }: LoadedStream, maxVersion = LAST): boolean {
  // Each event is a type and its data.
  const count = page.events.length / 2;
  if (page.lastPosition !== maxVersion) return false;
  if (found === undefined) return count === maxVersion + 1;
  if (found.fault !== undefined) return true;
  const written = SNAPSHOTS.find((each) => each.state === `{"of":"${stream}@${found.version}"}`);
  return found.version <= maxVersion && isDeepStrictEqual(found, written) && count === maxVersion - found.version;
}

async function outcome(question: Question, store: SqliteEventStore): Promise<unknown> {
  try {
    return await question.answer(store);
  } catch (error) {
    if (error instanceof DomainError) return "an error";
    throw error;
  }
}

it.each([
  { structure: "event_log_by_stream", refuses: true },
  { structure: "event_streams_by_name", refuses: true },
  { structure: "event_streams_by_category", refuses: false },
  { structure: "event_ids", refuses: true },
  { structure: "event_order", refuses: true },
  // A snapshot that cannot be found is folded anew.
  { structure: "snapshots_by_kind", refuses: false },
  { structure: "sqlite_autoindex_states_1", refuses: true },
  { structure: "states_by_category", refuses: true },
])("gives an error or what was written, where entries of $structure are out of order", async (given) => {
  const sound = await opened(bytes);
  const expected = await Promise.all(QUESTIONS.map((question) => outcome(question, sound)));
  await sound.close();
  const wrong: string[] = [];
  let noticed = 0;
  let tried = 0;
  for (const file of disorders(given.structure)) {
    tried++;
    const store = await opened(file);
    for (const [index, question] of QUESTIONS.entries()) {
      const answer = await outcome(question, store);
      const { asked, isRight = (given: unknown) => isDeepStrictEqual(given, expected[index]) } = question;
      if (answer === "an error") noticed++;
      else if (!isRight(answer)) wrong.push(`${asked}: ${JSON.stringify(answer)?.slice(0, 200)}`);
    }
    await store.close();
  }
  expect(wrong).toEqual([]);
  expect(tried).toBeGreaterThan(5);
  if (given.refuses) expect(noticed).toBeGreaterThan(0);
});

/** @returns whether it was refused. */
async function isRefused(attempt: () => unknown): Promise<boolean> {
  try {
    await attempt();
    return false;
  } catch (error) {
    if (error instanceof DomainError) return true;
    throw error;
  }
}

it.each(["sqlite_autoindex_states_1", "states_by_category"])(
  "changes no state but the one that is meant, and begins none again, where %s is damaged",
  async (structure) => {
    const cart = cartOf(STREAMS[7]!);
    const others = STREAMS.map(cartOf).filter(({ stream }) => stream !== cart.stream);
    const changes: readonly Operation[] = [
      { kind: "putState", state: cart, expectedVersion: -1 },
      { kind: "putState", state: { ...cart, version: 4 }, expectedVersion: 3 },
      { kind: "deleteState", stream: cart.stream, expectedVersion: 3 },
    ];
    for (const file of disorders(structure)) {
      for (const change of changes) {
        const store = await opened(file);
        const refused = await isRefused(() => store.operations.flush([change]));
        await store.close();
        const rows = inFile(damaged, (database) =>
          database.rows<[], [string, number, string]>("SELECT stream, version, data FROM states NOT INDEXED").all(),
        );
        const left = rows.filter(([stream]) => stream !== cart.stream);
        expect(new Set(left.map(String))).toEqual(new Set(others.map((each) => String([each.stream, 3, each.data]))));
        if (change === changes[0]) expect([refused, rows.length]).toEqual([true, STREAMS.length]);
        else if (!refused) expect(rows).not.toContainEqual([cart.stream, 3, cart.data]);
      }
    }
  },
);

it("forgets no event of another category, where the index of streams is damaged", async () => {
  for (const file of disorders("event_log_by_stream")) {
    const store = await opened(file);
    await isRefused(() =>
      store.log.forget({ category: "transfer", before: 2_000_000_000_000, after: 0, upTo: 999, limit: 999 }),
    );
    await store.close();
    const left = inFile(damaged, (database) =>
      database.values<[], number>("SELECT count(*) FROM event_log NOT INDEXED WHERE id NOT LIKE 'transfer%'").get(),
    );
    expect(left).toBe(20 * (LAST + 1));
  }
});
