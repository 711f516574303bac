import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import type { SqliteEventStore } from "../src";
import { bundleFixture, startFixture } from "./child-process";
import { inFile, openFile, sqliteStore } from "./driver-under-test";
import { append, message, ref } from "./messages";
import { temporaryFolder } from "./temporary-folder";
import { Version5Writer } from "./version-5-writer";

const VERSION_5 = readFileSync(join(__dirname, "fixtures/version-5.sql"), "utf8");

/** A file as the release before left it, with rows in every table: streams with forgotten events, names that need care. */
function fileOfVersion5(alter = ""): string {
  const path = join(temporaryFolder(), "version-5.db");
  inFile(path, (database) => database.exec(`PRAGMA journal_mode = WAL; BEGIN; ${VERSION_5}; COMMIT; ${alter}`));
  return path;
}

/** Rows as SQLite writes them, by their table. */
function rowsOf(path: string, tables?: readonly string[]): Record<string, unknown[]> {
  return inFile(path, (database) => {
    const names = tables ?? database.values<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    return Object.fromEntries(
      Array.from(names, (name) => [
        name,
        Array.from(database.rows<[], unknown[]>(`SELECT * FROM ${name}`).all(), (row) => [...row]),
      ]),
    );
  });
}

async function opened(path: string): Promise<SqliteEventStore> {
  const store = sqliteStore({ path, synchronous: "normal" });
  await store.open();
  return store;
}

async function faultsIn(store: SqliteEventStore): Promise<unknown[]> {
  const faults: unknown[] = [];
  for await (const page of store.verify()) faults.push(...page.faults);
  return faults;
}

async function idsIn(store: SqliteEventStore): Promise<string[]> {
  const ids: string[] = [];
  for (let after = 0; ; ) {
    const { messages, upTo, atEnd } = await store.log.readAll({ after, limit: 1_000 });
    ids.push(...messages.map(({ id }) => id));
    if (atEnd) return ids;
    after = upTo;
  }
}

describe("a file of schema version 5", () => {
  it("has every event afterwards as it was, in its stream, its category and the whole", async () => {
    const path = fileOfVersion5();
    const events = (rowsOf(path, ["events"]).events as unknown[][]).map(
      ([globalPosition, stream, position, category, id, type, time, , , , data, metadata]) => ({
        ...{ globalPosition, stream, position, category, id, type, time, data, metadata },
      }),
    );
    const store = await opened(path);
    const read = (categories?: readonly string[]) =>
      store.log.readAll({ after: 0, limit: 99, ...(categories && { categories }) });
    expect((await read()).messages).toEqual(events);
    const streams = [...new Set(events.map(({ stream }) => stream as string))];
    expect(streams).toHaveLength(6);
    for (const stream of streams) {
      const own = events.filter((event) => event.stream === stream);
      expect(await store.log.readStream(ref(stream), { from: 0, limit: 99 })).toEqual(own);
      expect(await store.log.version(ref(stream))).toBe(own.at(-1)!.position);
      const { category } = ref(stream);
      expect(await store.log.listStreams(category, { limit: 9 })).toContain(stream);
      const inCategory = events.filter((event) => event.category === category);
      expect((await read([category])).messages).toEqual(inCategory);
    }
    expect(await store.log.forgottenUpTo(["account", "order"])).toBeGreaterThan(0);
    expect(await faultsIn(store)).toEqual([]);
    await store.close();
  });

  it("keeps every row of the other tables", async () => {
    const path = fileOfVersion5();
    const { events: _events, stream_ends: _ends, ...others } = rowsOf(path);
    expect(Object.values(others).filter((rows) => rows.length === 0)).toEqual([]);
    const store = await opened(path);
    await store.close();
    expect(rowsOf(path, Object.keys(others))).toEqual(others);
  });

  it("goes on: appends, repetitions, taken ids and stale versions are told apart", async () => {
    const store = await opened(fileOfVersion5());
    const repeated = { ...append("account-2", [], -1), messages: ["b0", "b1", "b2"].map(messageOfVersion5) };
    expect(await store.log.append([repeated])).toMatchObject([{ stream: "account-2", version: 2 }]);
    await expect(store.log.append([append("account-2", ["o4"], 2)])).rejects.toMatchObject({ code: "INCORRECT_USAGE" });
    await expect(store.log.append([append("account-2", ["new"], 1)])).rejects.toMatchObject({
      code: "EXPECTED_VERSION_MISMATCH",
    });
    expect(await store.log.append([append("account-2", ["new"], 2), append("new-1", ["first"], -1)])).toMatchObject([
      { version: 3 },
      { version: 0 },
    ]);
    expect(await faultsIn(store)).toEqual([]);
    await store.close();
  });

  it.each([
    ["an event whose stream nobody knows", "UPDATE events SET stream = 'lost-1' WHERE id = 'b1'"],
    [
      "an event that its stream's index does not have",
      "DELETE FROM events WHERE id = 'b2'; UPDATE stream_ends SET stream = 'account-3' WHERE stream = 'account-2'",
    ],
    ["a stream whose end is missing", "DELETE FROM stream_ends WHERE stream = 'account-2'"],
  ])("is refused, and left as it is, with %s", async (_fault, alter) => {
    const path = fileOfVersion5(alter);
    const before = rowsOf(path);
    await expect(opened(path)).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: expect.stringContaining("the file is damaged"),
    });
    expect(rowsOf(path)).toEqual(before);
  });

  it("refuses every statement of the release before that has it open, and holds what that release has stored", async () => {
    const path = fileOfVersion5();
    const database = openFile(path);
    const former = new Version5Writer(database);
    former.append("account-2", "account", message("last"));
    for (const { run } of former.statements.slice(0, 9)) run();
    const store = await opened(path);
    const rows = rowsOf(path);
    for (const { run } of former.statements) expect(run).toThrow(/^no such table: (events|stream_ends)$/);
    expect(() => former.append("account-2", "account", message("later"))).toThrow(/no such table/);
    expect(rowsOf(path)).toEqual(rows);
    database.close();
    expect((await store.log.readLast(ref("account-2")))?.id).toBe("last");
    expect(await faultsIn(store)).toEqual([]);
    await store.close();
  });

  it("loses nothing that a process of the release before stores while it is migrated", async () => {
    const path = fileOfVersion5();
    const writer = startFixture(bundleFixture("append-as-version-5"), [path]);
    while (writer.lines.length < 50) await pause(5);
    const store = await opened(path);
    await writer.ended;
    const written = writer.lines.slice(1, -1);
    expect(writer.lines.at(-1)).toMatch(/^failed: no such table/);
    expect(written.length).toBeGreaterThan(48);
    expect((await idsIn(store)).filter((id) => id.startsWith("w"))).toEqual(written);
    expect(await faultsIn(store)).toEqual([]);
    await store.close();
  });
});

const messageOfVersion5 = (id: string) => ({ ...message(id), data: JSON.stringify({ reference: id }) });

it("a process that is killed while it migrates leaves version 5 or version 6, whole", async () => {
  const path = join(temporaryFolder(), "killed.db");
  const large = join(temporaryFolder(), "large.db");
  const COUNT = 20_000;
  inFile(large, (database) => {
    database.exec(`PRAGMA journal_mode = WAL; ${VERSION_5}`);
    const writer = new Version5Writer(database);
    database.exec("PRAGMA synchronous = OFF");
    for (let n = 0; n < 100; n++) writer.append(`small-${n}`, "small", message(`s${n}`));
    // Rows whose checksums nobody looks at here: what is compared is that all of them arrive.
    database.exec(`
      INSERT INTO events SELECT 1000 + value, 'large-' || (value % 500), value / 500, 'large', 'l' || value, 'T', 0, 0, 0, 0, '{}', '{}'
        FROM (WITH RECURSIVE n (value) AS (SELECT 0 UNION ALL SELECT value + 1 FROM n WHERE value < ${COUNT - 1}) SELECT value FROM n);
      INSERT INTO stream_ends SELECT stream, max(position) FROM events WHERE category = 'large' GROUP BY stream`);
  });
  const all = inFile(large, (database) => database.values("SELECT id FROM events ORDER BY global_position").all());
  const bundle = bundleFixture("open-and-end");
  const versions = new Set<unknown>();
  for (let kill = 0; kill < 16; kill++) {
    for (const suffix of ["-wal", "-shm"])
      if (existsSync(path + suffix)) inFile(path, (each) => each.pragma("wal_checkpoint(TRUNCATE)"));
    copyFileSync(large, path);
    const { child, lines, ended } = startFixture(bundle, [path]);
    while (lines.length === 0) await pause(1);
    await pause(kill * 12);
    child.kill("SIGKILL");
    await ended;
    const { version, ids } = inFile(path, (database) => {
      const version = database.pragma("user_version");
      const table = version === 5 ? "events" : "event_log";
      return { version, ids: database.values(`SELECT id FROM ${table} ORDER BY global_position`).all() };
    });
    versions.add(version);
    expect([5, 6]).toContain(version);
    expect(ids).toEqual(all);
    const store = await opened(path);
    expect(await store.log.listStreams("large", { limit: 999 })).toHaveLength(500);
    await store.close();
    expect(inFile(path, (database) => database.values("PRAGMA integrity_check").all())).toEqual(["ok"]);
  }
  expect(versions.size).toBe(2);
}, 120_000);
