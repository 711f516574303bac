import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import { PostgresEventStore } from "@tidemark/postgres";

import { events, request } from "./appended-events";
import { FreshDatabase } from "./server/fresh-database";

let database: FreshDatabase;

beforeEach(async () => {
  database = await FreshDatabase.create();
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

const runTypeScript = ["-C", "@tidemark/source", "-r", "ts-node/register/transpile-only"];
const versions = () => database.query("SELECT version FROM tidemark.migrations ORDER BY version");

it("is created once when several processes start together", async () => {
  const program = join(__dirname, "fixtures", "open-store.ts");
  const processes = Array.from({ length: 4 }, (_, n) =>
    promisify(execFile)(process.execPath, [...runTypeScript, program, database.url, `a-${n}`], {
      env: { ...process.env, TS_NODE_PROJECT: join(__dirname, "..", "tsconfig.json") },
    }),
  );
  const outputs = await Promise.all(processes);
  expect(outputs.map(({ stdout }) => stdout)).toEqual(Array(4).fill("appended"));
  expect(await versions()).toEqual([{ version: 1 }]);
  expect(await database.query("SELECT count(*)::int AS events FROM tidemark.events")).toEqual([{ events: 4 }]);
});

it("is created once when several stores of one process open together", async () => {
  const opened = Array.from({ length: 8 }, () => withStore({}, (store) => store.open()));
  await Promise.all(opened);
  expect(await versions()).toEqual([{ version: 1 }]);
});

it("stays as it is when it is up to date", async () => {
  await withStore({}, async (store) => {
    await store.open();
    await store.append([request("a-1", events(1))]);
    await store.migrate();
  });
  await withStore({}, async (store) => {
    await store.open();
    expect(await store.version({ stream: "a-1", category: "a" })).toBe(0);
  });
});

it("is refused when it is newer, by opening and by migrating, and stays untouched", async () => {
  await withStore({}, (store) => store.open());
  await database.query("INSERT INTO tidemark.migrations (version) VALUES (99)");
  await withStore({}, async (store) => {
    const refusal = {
      code: "INVALID_CONFIGURATION",
      message: expect.stringMatching(/its version is 99, newer than the 1 .* upgrade the package$/),
    };
    await expect(store.open()).rejects.toMatchObject(refusal);
    await expect(store.migrate()).rejects.toMatchObject(refusal);
  });
  expect(await versions()).toEqual([{ version: 1 }, { version: 99 }]);
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
      await one.append([request("a-1", events(2))]);
      expect(await two.version({ stream: "a-1", category: "a" })).toBe(-1);
      expect(await two.readAll({ after: 0, limit: 10 })).toEqual([]);
    });
  });
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
      await store.append([request("a-1", events(2), -1)]);
      expect(await store.readAll({ after: 0, limit: 10 })).toHaveLength(2);
      const ref = { stream: "a:snapshot-1", category: "a:snapshot" };
      const kind = { version: 1, schemaVersion: 1, fingerprint: "f" };
      await store.writeSnapshot({ ...ref, ...kind, time: 0, record: "{}", state: "{}" }, { keep: 1 });
      expect(await store.deleteSnapshots({ category: "a:snapshot" })).toBe(1);
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
