import { join } from "node:path";

import type { SqliteEventStore } from "../src";
import type { Database } from "../src/drivers/database";
import { EventStreams } from "../src/event-streams";
import { JOINED_COLUMNS, type JoinedRow, joinedMessages } from "../src/joined-messages";
import { inFile, sqliteStore } from "./driver-under-test";
import { append, message } from "./messages";
import { temporaryFolder } from "./temporary-folder";

const COUNT = 40;
let path: string;
let store: SqliteEventStore;

beforeEach(async () => {
  path = join(temporaryFolder(), "joined.db");
  store = sqliteStore({ path, synchronous: "normal" });
  await store.open();
});
afterEach(() => store.close());

/** Events 0 to 39, in two streams by turns. @param change what the last one has in place of its own. */
async function fill(change: Partial<ReturnType<typeof message>> = {}): Promise<void> {
  for (let n = 0; n < COUNT; n++) {
    const [request] = [append(`account-${n % 2}`, [`e${n}`])];
    const messages = n === COUNT - 1 ? request.messages.map((each) => ({ ...each, ...change })) : request.messages;
    await store.log.append([{ ...request, messages }]);
  }
}

function joinedIn(database: Database): readonly string[] | undefined {
  const query = database.rows<[], JoinedRow>(`SELECT ${JOINED_COLUMNS} FROM event_log e NOT INDEXED`);
  return joinedMessages(query, [], new EventStreams(database))?.map(({ id }) => id);
}

const all = { after: 0, limit: 1_000 };
const ids = Array.from({ length: COUNT }, (_, n) => `e${n}`);

it("reads the rows of a page as one", async () => {
  await fill();
  expect(inFile(path, joinedIn)).toEqual(ids);
  for (const range of [all, { ...all, categories: ["account"] }]) {
    const { messages } = await store.log.readAll(range);
    expect(messages.map(({ id }) => id)).toEqual(ids);
    expect(messages[7]).toEqual({
      ...message("e7"),
      ...{ stream: "account-1", category: "account", position: 3, globalPosition: 8 },
    });
  }
});

const CASES: Readonly<
  Record<string, { readonly change: Partial<ReturnType<typeof message>>; readonly isJoined: boolean }>
> = {
  "letters of other alphabets": { change: { data: '{"a":"\u00e9\u{1f600}\u4e2d"}' }, isJoined: true },
  "an id that holds what parts the columns": { change: { id: "a\x01b" }, isJoined: false },
  "data that is too long to be joined": { change: { data: `{"a":"${"x".repeat(16_000_000)}"}` }, isJoined: false },
};

it.each(Object.entries(CASES))("reads %s, joined or not", async (_name, { change, isJoined }) => {
  await fill(change);
  const last = { ...message(`e${COUNT - 1}`), ...change };
  expect(inFile(path, joinedIn)?.at(-1)).toBe(isJoined ? last.id : undefined);
  for (const range of [all, { ...all, categories: ["account"] }]) {
    const { messages } = await store.log.readAll(range);
    expect(messages).toHaveLength(COUNT);
    const { id, data } = messages.at(-1)!;
    expect(id).toBe(last.id);
    expect(data === last.data).toBe(true);
  }
});

it("names the row that is damaged", async () => {
  await fill();
  inFile(path, (database) => database.exec("UPDATE event_log SET metadata = '{}' WHERE id = 'e20'"));
  expect(inFile(path, joinedIn)).toBeUndefined();
  for (const range of [all, { ...all, categories: ["account"] }])
    await expect(async () => store.log.readAll(range)).rejects.toMatchObject({
      code: "DESERIALIZATION_FAILED",
      details: { stream: "account-0", position: 10 },
    });
});

it("reads past events that were forgotten", async () => {
  await fill();
  await store.log.forget({ category: "account", before: 2 ** 50, after: 0, upTo: 20, limit: 99 });
  for (const range of [all, { ...all, limit: 25 }, { ...all, categories: ["account"] }]) {
    const { messages, upTo } = await store.log.readAll(range);
    expect(messages.map(({ id }) => id)).toEqual(ids.slice(20).slice(0, range.limit));
    expect(upTo).toBe(COUNT);
  }
});
