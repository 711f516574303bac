import { readFileSync } from "node:fs";
import { join } from "node:path";

import { bucketOf } from "@tidemark/core/adapter";

import type { SqliteEventStore } from "../src";
import { stateChecksum } from "../src/checksums";
import { currentVersion, migrate } from "../src/schema";
import { bundleFixture, startFixture } from "./child-process";
import { inFile, openFile, sqliteStore } from "./driver-under-test";
import { append, message, ref, snapshot } from "./messages";
import { temporaryFolder } from "./temporary-folder";

const VERSION_1 = readFileSync(join(__dirname, "fixtures/version-1.sql"), "utf8");
/** The tables of version 5 without rows. */
const VERSION_5 = readFileSync(join(__dirname, "fixtures/version-5.sql"), "utf8").replace(/^INSERT .*\n/gm, "");

/** A file as the first release left it: events a, b and d of account-1, c of transfer-1, and two snapshots. */
function fileOfVersion1(): string {
  const path = join(temporaryFolder(), "version-1.db");
  inFile(path, (database) => database.exec(VERSION_1));
  return path;
}

function versionOf(path: string): unknown {
  return inFile(path, (database) => database.pragma("user_version"), { readOnly: true });
}

function tablesOf(path: string): unknown[] {
  const tables = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name";
  return inFile(path, (database) => database.rows<[], unknown>(tables).all(), { readOnly: true });
}

async function faultsIn(store: SqliteEventStore): Promise<unknown[]> {
  const faults: unknown[] = [];
  for await (const page of store.verify()) faults.push(...page.faults);
  return faults;
}

describe("a file of schema version 1", () => {
  it("is brought up to date with all that it holds, and goes on", async () => {
    const path = fileOfVersion1();
    expect(versionOf(path)).toBe(1);
    const store = sqliteStore({ path });
    await store.open();
    const { messages } = await store.log.readAll({ after: 0, limit: 10 });
    expect(messages).toEqual(
      [
        ["a", "account-1", 0],
        ["b", "account-1", 1],
        ["c", "transfer-1", 0],
        ["d", "account-1", 2],
      ].map(([id, stream, position], index) => ({
        ...message(id as string),
        ...ref(stream as string),
        position,
        globalPosition: index + 1,
      })),
    );
    expect(await store.snapshots.read(ref("account:snapshot-1"))).toEqual([snapshot("1", 2)]);
    expect(await store.snapshots.read(ref("account:snapshot-2"))).toEqual([
      { ...snapshot("2", 0), state: Uint8Array.of(0, 255, 16) },
    ]);
    const timer = { owner: "transfer-1", name: "expiry", data: "{}" };
    await store.log.append([append("account-1", ["e"], 2)], {
      also: [{ kind: "setTimer", timer, due: { at: 5 } }],
    });
    expect(await store.operations.timers.due({ now: 5, limit: 1 })).toEqual([{ ...timer, dueAt: 5 }]);
    expect(await faultsIn(store)).toEqual([]);
    await store.close();
    expect(versionOf(path)).toBe(6);
  });

  it("has afterwards the tables of a new file", async () => {
    const upgraded = fileOfVersion1();
    const made = join(temporaryFolder(), "new.db");
    for (const path of [upgraded, made]) {
      const store = sqliteStore({ path });
      await store.open();
      await store.close();
    }
    expect(tablesOf(upgraded)).toEqual(tablesOf(made));
  });

  it("is brought up to date once by 4 processes that start together, and write at once", async () => {
    const path = fileOfVersion1();
    const bundle = bundleFixture("append-many");
    const writers = ["a", "b", "c", "d"].map((name) => startFixture(bundle, [path, name, "5"]));
    await Promise.all(writers.map(({ ended }) => ended));
    expect(writers.map(({ lines }) => lines)).toEqual(Array(4).fill(["done"]));
    const store = sqliteStore({ path });
    await store.open();
    const { messages } = await store.log.readAll({ after: 0, limit: 100 });
    expect(messages.slice(0, 4).map(({ id }) => id)).toEqual(["a", "b", "c", "d"]);
    expect(
      messages
        .slice(4)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(
      ["a", "b", "c", "d"]
        .flatMap((name) => [0, 1, 2, 3, 4].flatMap((n) => [`own-${name}-${n}`, `shared-${name}-${n}`]))
        .sort(),
    );
    expect(await faultsIn(store)).toEqual([]);
    await store.close();
    expect(versionOf(path)).toBe(6);
  });
});

/** What version 5 made anew, as it was before. */
const BACK_TO_VERSION_4 = `
  DROP INDEX states_by_category;
  DROP TABLE stream_starts;
  DROP TABLE forgotten_positions;
  DROP TABLE forgotten_categories;
  DROP TABLE timers;
  DROP TABLE command_queue;
  CREATE TABLE timers (
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (owner, name)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX timers_by_time ON timers (due_at, owner, name);
  CREATE TABLE command_queue (
    id TEXT NOT NULL PRIMARY KEY,
    lane TEXT NOT NULL,
    priority INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    data TEXT NOT NULL
  ) STRICT;
  CREATE INDEX command_queue_by_lane ON command_queue (lane, priority, due_at, id);
  PRAGMA user_version = 4`;

describe("a file of schema version 4", () => {
  const OWNERS = Array.from({ length: 40 }, (_, n) => `fidelis::transfer-${n} \u{1f600}`);

  const CART = { ...ref("cart-1"), version: 0, data: "{}" };

  /** A file as version 4 had it, with timers, queued commands and a state. */
  function fileOfVersion4(): string {
    const path = join(temporaryFolder(), "version-4.db");
    inFile(path, (database) => {
      database.exec(VERSION_5);
      database.exec(BACK_TO_VERSION_4);
      database.exec(`INSERT INTO states VALUES ('cart-1', 'cart', 0, ${stateChecksum(CART)}, '{}')`);
      const setTimer = database.prepare<[string, string, number, string]>("INSERT INTO timers VALUES (?, ?, ?, ?)");
      for (const [n, owner] of OWNERS.entries())
        for (const name of ["expiry", "reminder"]) setTimer.run(owner, name, n, `{"n":${n}}`);
      database.exec(`INSERT INTO command_queue VALUES ('1', 'mail', 0, 5, '{"n":1}'), ('2', 'mail', 9, 7, '{"n":2}')`);
    });
    return path;
  }

  it("keeps its timers, each in the part of its owner", async () => {
    const store = sqliteStore({ path: fileOfVersion4() });
    await store.open();
    const { timers } = store.operations;
    const all = OWNERS.flatMap((owner, dueAt) =>
      ["expiry", "reminder"].map((name) => ({ owner, name, dueAt, data: `{"n":${dueAt}}` })),
    );
    expect(await timers.due({ now: 40, limit: 100 })).toEqual(all);
    for (const index of [0, 1, 2]) {
      const part = await timers.due({ now: 40, limit: 100, part: { index, of: 3 } });
      expect(part).toEqual(all.filter(({ owner }) => bucketOf(owner, 65_536) % 3 === index));
      expect(part).not.toEqual([]);
    }
    await store.close();
  });

  it("keeps its queued commands, which wait without a type", async () => {
    const store = sqliteStore({ path: fileOfVersion4() });
    await store.open();
    const { commandQueue } = store.operations;
    const entry = (id: string, priority: number, dueAt: number) => ({
      ...{ id, lane: "mail", type: "", priority, dueAt, number: 0, state: "waiting" },
      ...{ attempts: 0, claims: 0, begins: 0, revision: 0, data: `{"n":${id}}` },
    });
    expect(await commandQueue.list({ limit: 9 })).toEqual([entry("1", 0, 5), entry("2", 9, 7)]);
    const claim = { worker: "w", lanes: ["mail"], limit: 2, oldest: 0, claimMs: 10, now: 7 };
    expect((await commandQueue.claim(claim)).map(({ id }) => id)).toEqual(["2", "1"]);
    await store.close();
  });

  it("has afterwards the tables of a new file, and every state", async () => {
    const upgraded = fileOfVersion4();
    const made = join(temporaryFolder(), "new.db");
    for (const path of [upgraded, made]) {
      const store = sqliteStore({ path });
      await store.open();
      const listed = await store.operations.states.list("cart", { limit: 9 });
      expect(listed.map(({ stream }) => stream)).toEqual(path === upgraded ? ["cart-1"] : []);
      await store.close();
    }
    expect(tablesOf(upgraded)).toEqual(tablesOf(made));
  });

  it("takes no offence at tables and views of an application", async () => {
    const path = fileOfVersion4();
    inFile(path, (database) =>
      database.exec(`
        CREATE TABLE old_timers (id TEXT);
        CREATE VIEW mails AS SELECT id FROM command_queue WHERE lane = 'mail';
        CREATE VIEW forgotten AS SELECT id FROM dropped`),
    );
    const store = sqliteStore({ path });
    await store.open();
    await store.close();
    const ids = inFile(path, (database) => database.values("SELECT id FROM mails ORDER BY id").all());
    expect([versionOf(path), ids]).toEqual([6, ["1", "2"]]);
    expect(inFile(path, (database) => database.values("SELECT count(*) FROM old_timers").get())).toBe(0);
  });
});

describe("a file of schema version 3", () => {
  /** A file as version 3 had it, with a checkpoint. */
  function fileOfVersion3(): string {
    const path = join(temporaryFolder(), "version-3.db");
    inFile(path, (database) => {
      database.exec(VERSION_5);
      database.exec(BACK_TO_VERSION_4);
      database.exec(
        "INSERT INTO checkpoints (subscription, bucket, position, generation) VALUES ('Accounts', 0, 7, 0)",
      );
      for (const table of ["parked_keys", "received_messages", "server_leases", "server_subscriptions"])
        database.exec(`DROP TABLE ${table}`);
      database.exec("ALTER TABLE checkpoints DROP COLUMN owner; PRAGMA user_version = 3");
    });
    return path;
  }

  it("keeps its checkpoints, which servers can claim then", async () => {
    const store = sqliteStore({ path: fileOfVersion3() });
    await store.open();
    const { subscriptions } = store.operations;
    await subscriptions.renew({ server: "a", leaseMs: 60_000, subscriptions: ["Accounts"] });
    expect(await subscriptions.claim({ server: "a", subscription: "Accounts", limit: 1 })).toEqual([
      { subscription: "Accounts", bucket: 0, position: 7, generation: 1 },
    ]);
    await store.close();
  });

  it("is refused, and left as it is, where a read model has a name that version 4 needs", async () => {
    const path = fileOfVersion3();
    inFile(path, (database) => database.exec("CREATE TABLE parked_keys (id TEXT)"));
    const store = sqliteStore({ path });
    await expect(store.open()).rejects.toMatchObject({
      code: "INVALID_CONFIGURATION",
      message: `SQLite file "${path}" has a table parked_keys, a name that this version of @tidemark/sqlite keeps for itself; rename that table and start again`,
    });
    expect(versionOf(path)).toBe(3);
    inFile(path, (database) => database.exec("ALTER TABLE parked_keys RENAME TO parked_cars"));
    await store.open();
    await store.close();
    expect(versionOf(path)).toBe(6);
  });
});

it.each([0, 1, 2])(
  "a file whose tables another process makes before read %i is not taken for another program's",
  (at) => {
    const path = join(temporaryFolder(), "made-meanwhile.db");
    const [database, other] = [openFile(path), openFile(path)];
    let reads = 0;
    const interrupted = new Proxy(database, {
      get(target, key) {
        if ((key === "pragma" || key === "values") && reads++ === at) migrate(other, "the file");
        const member: unknown = Reflect.get(target, key);
        return typeof member === "function" ? member.bind(target) : member;
      },
    });
    expect([0, 6]).toContain(currentVersion(interrupted, "the file"));
    expect([reads, currentVersion(database, "the file")]).toEqual([3, 6]);
    for (const each of [database, other]) each.close();
  },
);
