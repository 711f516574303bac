import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { bucketOf, type NewQueueEntry, type TimerStore } from "@tidemark/core/adapter";
import { PostgresEventStore } from "@tidemark/postgres";
import { buildSync } from "esbuild";

import { MIGRATIONS } from "../src/migrations";
import { events, request } from "./appended-events";
import { FreshDatabase } from "./server/fresh-database";

const VERSIONS = [1, 2, 3, 4].map((version) => ({ version }));

let database: FreshDatabase;

beforeEach(async () => {
  database = await FreshDatabase.empty();
});
afterEach(() => database?.drop());

async function withStore<T>(
  options: Partial<ConstructorParameters<typeof PostgresEventStore>[0]>,
  work: (store: PostgresEventStore) => Promise<T>,
): Promise<T> {
  const store = new PostgresEventStore({ url: database.url, ...options });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

const queueEntry = (id: string): NewQueueEntry => ({
  ...{ id, lane: "l", type: "T", priority: 0, line: "x", number: id === "c" ? 0 : 1, data: "{}" },
  due: { at: 0 },
});

const versions = () => database.query("SELECT version FROM tidemark.migrations ORDER BY version");

/** Runs `fixtures/open-store.ts` in so many processes at once. @returns what each of them wrote. */
async function openInProcesses(count: number): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), "tidemark-open-"));
  const program = join(folder, "open-store.js");
  try {
    buildSync({
      entryPoints: [join(__dirname, "fixtures/open-store.ts")],
      outfile: program,
      bundle: true,
      platform: "node",
      conditions: ["@tidemark/source"],
      external: ["pg-native"],
      logLevel: "error",
    });
    const outputs = Array.from({ length: count }, (_, n) =>
      promisify(execFile)(process.execPath, [program, database.url, `a-${n}`]),
    );
    return (await Promise.all(outputs)).map(({ stdout }) => stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it("is created once when several processes start together", async () => {
  expect(await openInProcesses(4)).toEqual(Array(4).fill("appended"));
  expect(await versions()).toEqual(VERSIONS);
  expect(await database.query("SELECT count(*)::int AS events FROM tidemark.events")).toEqual([{ events: 4 }]);
});

it("is created once when several stores of one process open together", async () => {
  const opened = Array.from({ length: 8 }, () => withStore({}, (store) => store.open()));
  await Promise.all(opened);
  expect(await versions()).toEqual(VERSIONS);
});

it("stays as it is when it is up to date", async () => {
  await withStore({}, async (store) => {
    await store.open();
    await store.log.append([request("a-1", events(1))]);
    await store.migrate();
  });
  await withStore({}, async (store) => {
    await store.open();
    expect(await store.log.version({ stream: "a-1", category: "a" })).toBe(0);
  });
});

it("is refused when it is newer, by opening and by migrating, and stays untouched", async () => {
  await withStore({}, (store) => store.open());
  await database.query("INSERT INTO tidemark.migrations (version) VALUES (99)");
  await withStore({}, async (store) => {
    const refusal = {
      code: "INVALID_CONFIGURATION",
      message: expect.stringMatching(/its version is 99, newer than the 4 .* upgrade the package$/),
    };
    await expect(store.open()).rejects.toMatchObject(refusal);
    await expect(store.migrate()).rejects.toMatchObject(refusal);
  });
  expect(await versions()).toEqual([...VERSIONS, { version: 99 }]);
});

it("is asked for, not created, without auto_migrate", async () => {
  await withStore({ autoMigrate: false }, async (store) => {
    await expect(store.open()).rejects.toMatchObject({
      code: "INVALID_CONFIGURATION",
      message: expect.stringMatching(
        /it is not set up, .*run `domain eventstore migrate`, or set auto_migrate = true$/,
      ),
    });
    expect(await database.query("SELECT FROM pg_namespace WHERE nspname = 'tidemark'")).toEqual([]);
    await store.migrate();
    await store.open();
  });
});

it("lives beside other schemas in one database", async () => {
  await withStore({ schema: "one" }, async (one) => {
    await withStore({ schema: "two" }, async (two) => {
      await Promise.all([one.open(), two.open()]);
      await one.log.append([request("a-1", events(2))]);
      expect(await two.log.version({ stream: "a-1", category: "a" })).toBe(-1);
      expect(await two.log.readAll({ after: 0, limit: 10 })).toEqual({ messages: [], upTo: 0, atEnd: true });
    });
  });
});

it("lets a role delete old events by the function for that alone, where it may call it", async () => {
  await withStore({}, async (owner) => {
    await owner.open();
    await owner.log.append([request("a-1", events(3), -1)]);
  });
  const role = `app_${new URL(database.url).pathname.slice(-12)}`;
  const grants = readFileSync(join(__dirname, "..", "sql", "least-privilege.sql"), "utf8");
  await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 'app'; ${grants.replaceAll("tidemark_app", role)}`);
  const url = new URL(database.url);
  [url.username, url.password] = [role, "app"];
  try {
    await withStore({ url: url.toString() }, async (store) => {
      await store.open();
      const forget = async () =>
        await store.log.forget({ category: "a", before: 2 ** 50, after: 0, upTo: 2 ** 40, limit: 10 });
      await expect(forget()).rejects.toMatchObject({
        code: "STORE_UNAVAILABLE",
        message: expect.stringContaining("see least-privilege.sql of @tidemark/postgres"),
      });
      const called = "FUNCTION tidemark.forget_events(text, bigint, bigint, bigint, bigint)";
      await database.query(`GRANT EXECUTE ON ${called} TO ${role}`);
      expect((await forget()).events).toBe(2);
      expect(await store.log.forgottenUpTo(["a"])).toBe(2);
    });
  } finally {
    await database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  }
});

it("serves a role with no more than the privileges of least-privilege.sql", async () => {
  await withStore({}, (store) => store.open());
  const role = `app_${new URL(database.url).pathname.slice(-12)}`;
  const grants = readFileSync(join(__dirname, "..", "sql", "least-privilege.sql"), "utf8");
  await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 'app'; ${grants.replaceAll("tidemark_app", role)}`);
  const url = new URL(database.url);
  [url.username, url.password] = [role, "app"];
  try {
    await withStore({ url: url.toString() }, async (store) => {
      await store.open();
      await store.log.append([request("a-1", events(2), -1)]);
      expect((await store.log.readAll({ after: 0, limit: 10 })).messages).toHaveLength(2);
      const ref = { stream: "a:snapshot-1", category: "a:snapshot" };
      const kind = { version: 1, schemaVersion: 1, fingerprint: "f" };
      await store.snapshots.write([{ snapshot: { ...ref, ...kind, time: 0, record: "{}", state: "{}" }, keep: 1 }]);
      expect(await store.snapshots.delete({ category: "a:snapshot" })).toBe(1);
      const table = { name: "accounts", columns: [{ name: "id", type: "text" }] } as const;
      await store.operations.readModels.createTable(table);
      await store.operations.subscriptions.layCheckpoints([{ subscription: "s", bucket: 0, position: 0 }]);
      await store.operations.subscriptions.renew({ server: "a", leaseMs: 60_000, subscriptions: ["s"] });
      expect(await store.operations.subscriptions.claim({ server: "a", subscription: "s", limit: 1 })).toHaveLength(1);
      const parked = { subscription: "s", key: "k", position: 1, state: "parked", attempts: 1, data: "{}" } as const;
      const timer = { owner: "o", name: "t", data: "{}" };
      const state = { stream: "cart-1", category: "cart", version: 0, data: "{}" };
      await store.log.append([request("a-2", events(1))], {
        also: [
          { kind: "upsertRows", table, rows: [["1"]] },
          { kind: "moveCheckpoint", subscription: "s", bucket: 0, from: 0, to: 1, generation: 1 },
          { kind: "putParked", parked, expected: null },
          { kind: "receiveMessage", inbox: "i", id: "m", receivedAt: 1 },
          { kind: "setTimer", timer, due: { at: 1 } },
          { kind: "enqueue", entry: queueEntry("c") },
          { kind: "enqueue", entry: queueEntry("d"), replaces: true },
          { kind: "putState", state, expectedVersion: -1 },
        ],
      });
      const { commandQueue } = store.operations;
      const claim = { worker: "w", lanes: ["l"], limit: 2, oldest: 1, claimMs: 60_000 };
      expect(await commandQueue.claim(claim)).toHaveLength(1);
      expect(await commandQueue.extend({ worker: "w", ids: ["c"], claimMs: 60_000 })).toEqual(["c"]);
      await commandQueue.release("w", ["c"]);
      expect(await commandQueue.forget(0, 10)).toBe(0);
      expect(await commandQueue.list({ limit: 10 })).toHaveLength(2);
      expect(await store.operations.timers.due({ now: 1, limit: 1 })).toEqual([{ ...timer, dueAt: 1 }]);
      await store.operations.flush([
        { kind: "deleteRows", table, keys: ["1"] },
        { kind: "removeParked", subscription: "s", key: "k", position: 1, expected: 0 },
        { kind: "removeTimer", owner: "o", name: "t", expected: { dueAt: 1, data: "{}" } },
        { kind: "settleEntry", id: "c", expected: 2 },
        { kind: "settleEntry", id: "d", expected: 0, change: { state: "done", attempts: 0 } },
        { kind: "deleteState", stream: "cart-1", expectedVersion: 0 },
      ]);
      expect(await store.operations.subscriptions.raiseGeneration("s", 0)).toMatchObject({ position: 1 });
      const expected = [{ bucket: 0, position: 1, generation: 2 }];
      await store.operations.readModels.createTable({ ...table, name: "accounts_rebuild" });
      await store.operations.readModels.switchTable({
        ...{ table, by: "accounts_rebuild", kept: "accounts_kept", lockTimeoutMs: 60_000 },
        upTo: { position: 3, categories: ["a"] },
        also: [{ kind: "replaceCheckpoints", subscription: "s", expected, checkpoints: [] }],
      });
      expect(await store.operations.inbox.forget("i", 2)).toBe(1);
      await store.operations.subscriptions.leave("a");
      await store.operations.readModels.dropTable("accounts");
    });
    const application = await import("pg").then(({ Client }) => new Client({ connectionString: url.toString() }));
    await application.connect();
    await expect(application.query("DELETE FROM tidemark.events")).rejects.toThrow(/permission denied/);
    await expect(application.query("UPDATE tidemark.events SET data = '{}'")).rejects.toThrow(/permission denied/);
    await application.end();
  } finally {
    await database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  }
});

it("is refused in a database that cannot hold every text", async () => {
  const name = `${new URL(database.url).pathname.slice(1)}_latin`;
  await database.query(`CREATE DATABASE ${name} ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`);
  const url = new URL(database.url);
  url.pathname = `/${name}`;
  await withStore({ url: url.toString() }, async (store) => {
    await expect(store.open()).rejects.toThrow(/its encoding is SQL_ASCII, which cannot hold every text/);
  });
  await database.query(`DROP DATABASE ${name} WITH (FORCE)`);
});

describe("of version 1", () => {
  const account = { stream: "fidelis::account-1", category: "fidelis::account" };
  const types = ["Fidelis.AccountOpened.v1", "Fidelis.DepositMade.v1", "Fidelis.DepositMade.v1"];

  beforeEach(() => database.query(readFileSync(join(__dirname, "fixtures/version-1.sql"), "utf8")));

  it("is upgraded when it is opened, with all that it holds", async () => {
    await withStore({}, async (store) => {
      await store.open();
      expect(await versions()).toEqual(VERSIONS);
      const { messages } = await store.log.readAll({ after: 0, limit: 10 });
      expect(messages.map(({ stream, position, id, type }) => [stream, position, id, type])).toEqual([
        ...types.map((type, position) => [account.stream, position, `event-${position + 1}`, type]),
        ["fidelis::account-'é", 0, "event-4", types[0]],
        ["fidelis::transfer-9", 0, "event-5", "Fidelis.TransferAsked.v1"],
      ]);
      const snapshots = { stream: "fidelis::account:snapshot-1", category: "fidelis::account:snapshot" };
      expect(await store.snapshots.read(snapshots)).toMatchObject([
        { version: 2, schemaVersion: 2, fingerprint: "g", state: Uint8Array.of(31, 139, 8, 0, 255) },
        { version: 1, schemaVersion: 1, fingerprint: "f", state: '{"balance":15}' },
      ]);
      expect(
        await store.load({ ...account, limit: 10, snapshots: { ...snapshots, kinds: [{ schemaVersion: 1 }] } }),
      ).toEqual({
        snapshot: expect.objectContaining({ version: 1 }),
        snapshotEventId: "event-2",
        page: { events: [types[2], { accountId: "1", amount: 7 }], lastPosition: 2, lastId: "event-3", more: false },
      });
      for await (const { faults } of store.verify()) expect(faults).toEqual([]);
    });
  });

  it("goes on after the upgrade where it was", async () => {
    await withStore({}, async (store) => {
      await store.open();
      const also = [{ kind: "enqueue", entry: queueEntry("c") }] as const;
      expect(await store.log.append([request(account.stream, events(1), 2)], { also })).toEqual([
        { stream: account.stream, version: 3, globalPosition: 6 },
      ]);
      expect(await store.operations.commandQueue.find("c")).toMatchObject({ id: "c", state: "waiting", dueAt: 0 });
    });
  });

  it("has then the same tables, indexes and functions as one that is new", async () => {
    await withStore({}, (store) => store.open());
    const upgraded = await objectsIn("tidemark");
    await withStore({ schema: "fresh" }, (store) => store.open());
    expect(await objectsIn("fresh")).toEqual(upgraded);
    expect(upgraded.length).toBeGreaterThan(40);
  });

  it("is refused without auto_migrate, and stays as it is", async () => {
    await withStore({ autoMigrate: false }, (store) =>
      expect(store.open()).rejects.toThrow(
        /its version is 1, version 4 is needed; run `domain eventstore migrate`, or set auto_migrate = true$/,
      ),
    );
    expect(await versions()).toEqual([{ version: 1 }]);
  });
});

describe("of version 2", () => {
  const checkpoint = { subscription: "Accounts", bucket: 0, position: 41, generation: 3 };

  beforeEach(async () => {
    await createVersion(2);
    await database.query(
      "INSERT INTO tidemark.checkpoints (subscription, bucket, position, generation) VALUES ('Accounts', 0, 41, 3)",
    );
  });

  it("is upgraded with its checkpoints, which nobody has then", async () => {
    await withStore({}, async (store) => {
      await store.open();
      const { subscriptions } = store.operations;
      expect(await subscriptions.checkpoints("Accounts")).toEqual([checkpoint]);
      const lease = { server: "a", leaseMs: 60_000, subscriptions: ["Accounts"] };
      expect(await subscriptions.renew(lease)).toEqual([
        { subscription: "Accounts", servers: ["a"], buckets: [checkpoint] },
      ]);
      await store.operations.flush([
        { kind: "moveCheckpoint", subscription: "Accounts", bucket: 0, from: 41, to: 42, generation: 3 },
      ]);
      expect(await subscriptions.claim({ server: "a", subscription: "Accounts", limit: 1 })).toEqual([
        { ...checkpoint, position: 42, generation: 4 },
      ]);
    });
  });

  it("has then the same tables, indexes and functions as one that is new", async () => {
    await withStore({}, (store) => store.open());
    const upgraded = await objectsIn("tidemark");
    await withStore({ schema: "fresh" }, (store) => store.open());
    expect(await objectsIn("fresh")).toEqual(upgraded);
  });
});

describe("of version 3", () => {
  const owners = [
    ...[
      "",
      "a",
      "bank::funds_transfer-1",
      "bank::funds_transfer-2",
      "\n",
      "\u00e9",
      "\ud7ff\ue000",
      "\u{1f600}",
      "a\u{10ffff}b",
    ],
    ...Array.from({ length: 50 }, (_, n) => `owner ${n} ${"\u{1f680}".repeat(n % 3)}`),
  ];

  beforeEach(async () => {
    await createVersion(3);
    await database.query(
      "INSERT INTO tidemark.timers (owner, name, due_at, data) SELECT owner, 't', 7, '{}' FROM unnest($1::text[]) AS o (owner)",
      [owners],
    );
    await database.query(`
      INSERT INTO tidemark.command_queue (id, lane, priority, due_at, data) VALUES ('c', 'mail', 1.5, 9, '{"a":1}');
      INSERT INTO tidemark.states (stream, category, slot, version, data) VALUES ('cart-1', 'cart', 1, 3, '{"at":3}');
    `);
  });

  it("is upgraded with its timers, which are in the parts of their owners then", async () => {
    await withStore({}, async (store) => {
      await store.open();
      expect(await versions()).toEqual(VERSIONS);
      const { timers } = store.operations;
      for (const count of [1, 2, 7, 65_536]) expect(await partsOf(timers, count)).toEqual(expectedParts(count));
    });
  });

  it("is upgraded with its states, and with entries of the queue that nobody carries out", async () => {
    await withStore({}, async (store) => {
      await store.open();
      const state = { stream: "cart-1", category: "cart", version: 3, data: '{"at":3}' };
      expect(await store.operations.states.list("cart", { limit: 10 })).toEqual([state]);
      const { commandQueue } = store.operations;
      expect(await commandQueue.claim({ worker: "w", lanes: ["mail"], limit: 9, oldest: 3, claimMs: 1 })).toEqual([]);
      expect(await commandQueue.untilNext(["mail"])).toBeUndefined();
      expect(await commandQueue.list({ states: ["parked"], limit: 10 })).toEqual([
        {
          ...{ id: "c", lane: "mail", type: "", priority: 1.5, dueAt: 9, number: 0, data: '{"a":1}' },
          ...{ state: "parked", attempts: 0, claims: 0, begins: 0, revision: 0 },
          outcome: JSON.stringify({
            error: {
              name: "Error",
              message: "It was stored by a version that did not store the type of a command",
            },
          }),
        },
      ]);
      await store.operations.flush([{ kind: "settleEntry", id: "c", expected: 0 }]);
      expect(await commandQueue.counts()).toEqual([]);
    });
  });

  it("has then the same tables, indexes and functions as one that is new", async () => {
    await withStore({}, (store) => store.open());
    const upgraded = await objectsIn("tidemark");
    await withStore({ schema: "fresh" }, (store) => store.open());
    expect(await objectsIn("fresh")).toEqual(upgraded);
  });

  /** The owners whose timers each of so many readers gets. */
  async function partsOf(timers: TimerStore, of: number): Promise<Record<number, readonly string[]>> {
    const parts: Record<number, readonly string[]> = {};
    for (const index of new Set(owners.map((owner) => bucketOf(owner, 65_536) % of)))
      parts[index] = (await timers.due({ now: 7, limit: 100, part: { index, of } }))
        .map(({ owner }) => owner)
        .toSorted();
    return parts;
  }

  function expectedParts(of: number): Record<number, readonly string[]> {
    const parts: Record<number, string[]> = {};
    for (const owner of owners.toSorted()) {
      parts[bucketOf(owner, 65_536) % of] ??= [];
      parts[bucketOf(owner, 65_536) % of]!.push(owner);
    }
    return parts;
  }
});

/** Sets up the schema as it was in an earlier version. */
async function createVersion(version: number): Promise<void> {
  await database.query(
    "CREATE SCHEMA tidemark; CREATE TABLE tidemark.migrations (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())",
  );
  for (const [index, migration] of MIGRATIONS.slice(0, version).entries())
    await database.query(`${migration('"tidemark"')}; INSERT INTO tidemark.migrations (version) VALUES (${index + 1})`);
}

/** The definitions of all that a schema holds, without its name. */
async function objectsIn(schema: string): Promise<readonly string[]> {
  const rows = await database.query(
    `
    SELECT c.relname || ' ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' '
      || coalesce(pg_get_expr(d.adbin, d.adrelid), '') || ' ' || coalesce(o.collname, '') AS definition
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum LEFT JOIN pg_collation o ON o.oid = a.attcollation
    WHERE n.nspname = $1 AND a.attnum > 0
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = $1
    UNION ALL SELECT sequencename || ' ' || data_type || ' ' || cache_size FROM pg_sequences WHERE schemaname = $1
    UNION ALL SELECT conname || ' ' || pg_get_constraintdef(k.oid) FROM pg_constraint k
      JOIN pg_namespace n ON n.oid = k.connamespace WHERE n.nspname = $1
    UNION ALL SELECT pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE n.nspname = $1`,
    [schema],
  );
  return rows.map(({ definition }) => definition.replaceAll(`"${schema}".`, "").replaceAll(`${schema}.`, "")).sort();
}
