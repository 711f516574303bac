import { readFileSync } from "node:fs";
import { join } from "node:path";

import { type Diagnosis, pause } from "@tidemark/core/adapter";
import { PostgresEventStore } from "@tidemark/postgres";
import { CountingProxy, PrivateServer } from "@tidemark/testing/postgres-server";
import { Client } from "pg";

import { look } from "../../src/diagnosis/look";
import { openTransactions } from "../../src/diagnosis/open-transactions";
import { events, request } from "../appended-events";
import { FreshDatabase } from "../server/fresh-database";
import { Pooler, type PoolerSettings } from "../server/pooler";

const SETTINGS = { fsync: "on", max_prepared_transactions: "5" };

let server: PrivateServer;
let database: FreshDatabase;

beforeAll(async () => {
  server = await PrivateServer.start(SETTINGS);
});
beforeEach(async () => {
  database = await FreshDatabase.empty(server.url);
});
afterEach(() => database?.drop());
afterAll(() => server?.stop());

type Options = Partial<ConstructorParameters<typeof PostgresEventStore>[0]>;

/** By name, what a store that is not open finds. */
async function diagnosed(options: Options = {}): Promise<Readonly<Record<string, Diagnosis>>> {
  const store = new PostgresEventStore({ url: database.url, ...options });
  try {
    return Object.fromEntries((await store.diagnose()).map((diagnosis) => [diagnosis.name, diagnosis]));
  } finally {
    await store.close();
  }
}

async function migrate(options: Options = {}): Promise<void> {
  const store = new PostgresEventStore({ url: database.url, ...options });
  await store.migrate();
  await store.close();
}

async function append(count: number): Promise<void> {
  const store = new PostgresEventStore({ url: database.url });
  await store.log.append([request("a-1", events(count), -1)]);
  await store.close();
}

const urlWith = (parameters: Readonly<Record<string, string>>) => {
  const url = new URL(database.url);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.toString();
};

/** Settings of the whole server, until the work is done. */
async function withSettings<T>(settings: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
  const change = async (suffix: (value: string) => string) => {
    for (const [name, value] of Object.entries(settings))
      await database.query(`ALTER SYSTEM ${suffix(value) === "" ? "RESET" : "SET"} ${name}${suffix(value)}`);
    await database.query("SELECT pg_reload_conf()");
    // Each process of the server reads its settings anew when it next looks; a new one has them once the server's first process has.
    const [names, expected] = [Object.keys(settings), Object.values(settings)];
    const isDone = async () => {
      const client = await database.connect();
      const { rows } = await client.query("SELECT setting FROM pg_settings WHERE name = ANY ($1) ORDER BY name", [
        names,
      ]);
      await client.end();
      const found = rows.map(({ setting }) => setting);
      return suffix("x") === "" || [...names].sort().every((name, n) => found[n] === expected[names.indexOf(name)]);
    };
    while (!(await isDone()));
  };
  await change((value) => ` = '${value}'`);
  try {
    return await work();
  } finally {
    await change(() => "");
  }
}

it("finds nothing wrong with a server alone but that it is alone", async () => {
  await migrate();
  await append(3);
  const { standbys, data_checksums, ...others } = await diagnosed();
  expect(standbys).toEqual({
    name: "standbys",
    verdict: "warning",
    finding: expect.stringMatching(
      /^No standby streams from this server: what is acknowledged is lost with its disk\./,
    ),
    advice: expect.stringContaining("pg_basebackup --write-recovery-conf"),
  });
  const [{ data_checksums: hasChecksums }] = await database.query("SHOW data_checksums");
  expect(data_checksums?.verdict).toBe(hasChecksums === "on" ? "fine" : "warning");
  expect(Object.values(others).filter(({ verdict }) => verdict !== "fine")).toEqual([]);
  expect(Object.values(others).filter(({ advice }) => advice !== undefined)).toEqual([]);
  expect(others.synchronous_commit?.finding).toBe(
    "It is on: a commit is on the server's disk when it is acknowledged.",
  );
  expect(others.global_positions?.finding).toBe(
    "The sequence gives out one number at a time, above all that are in use.",
  );
});

it("leaves no connection and no object behind", async () => {
  await diagnosed();
  expect(await database.query("SELECT FROM pg_namespace WHERE nspname = 'tidemark'")).toEqual([]);
  const store = new PostgresEventStore({ url: database.url });
  await store.diagnose();
  const others =
    "SELECT application_name FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
  // The server sees the end of a connection a moment after the client.
  while ((await database.query(others)).length > 0);
  await store.open();
  await store.close();
});

it("has no secret in what it says", async () => {
  const password = new URL(server.url).password;
  expect(JSON.stringify(await diagnosed())).not.toContain(password);
});

it("throws what opening throws where no server listens", async () => {
  const url = new URL(database.url);
  url.port = "1";
  await expect(diagnosed({ url: url.toString() })).rejects.toMatchObject({
    code: "STORE_UNAVAILABLE",
    message: 'Cannot diagnose PostgreSQL database "'.concat(
      url.pathname.slice(1),
      '" at 127.0.0.1:1, schema "tidemark": no server listens there',
    ),
  });
});

describe("what is acknowledged", () => {
  it("is in danger with synchronous_commit off, wherever that was set", async () => {
    const role = `app_${database.url.slice(-12)}`;
    const name = new URL(database.url).pathname.slice(1);
    await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 'app'`);
    const url = new URL(database.url);
    [url.username, url.password] = [role, "app"];
    const advice = async (options?: Options) => {
      const { synchronous_commit: found } = await diagnosed(options);
      expect(found).toMatchObject({
        verdict: "danger",
        finding: expect.stringMatching(/^It is off: commits are acknowledged before they are on the server's disk/),
      });
      return found?.advice;
    };
    try {
      expect(await withSettings({ synchronous_commit: "off" }, () => advice())).toBe(
        "ALTER SYSTEM SET synchronous_commit = on; SELECT pg_reload_conf();",
      );
      expect(await advice({ url: urlWith({ options: "-c synchronous_commit=off" }) })).toBe(
        "Take synchronous_commit out of the options of the url, and out of PGOPTIONS.",
      );
      await database.query(`ALTER ROLE ${role} SET synchronous_commit = off`);
      expect(await advice({ url: url.toString() })).toBe(`ALTER ROLE "${role}" RESET synchronous_commit;`);
      await database.query(`ALTER ROLE ${role} RESET ALL; ALTER DATABASE ${name} SET synchronous_commit = off`);
      expect(await advice()).toBe(`ALTER DATABASE "${name}" RESET synchronous_commit;`);
      await database.query(`ALTER DATABASE "${name}" RESET synchronous_commit`);
      expect((await diagnosed()).synchronous_commit?.verdict).toBe("fine");
    } finally {
      await database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });

  it("is in danger without full_page_writes", async () => {
    expect(await withSettings({ full_page_writes: "off" }, () => diagnosed())).toMatchObject({
      full_page_writes: {
        verdict: "danger",
        advice: "ALTER SYSTEM SET full_page_writes = on; SELECT pg_reload_conf();",
      },
    });
  });

  it("is in danger on a server that was started to be fast", async () => {
    const settings = { fsync: "off", wal_level: "minimal", max_wal_senders: "0", autovacuum: "off" };
    const fast = await PrivateServer.start(settings);
    try {
      const restart = (setting: string) =>
        `Set ${setting} in the command line that starts the server (under Patroni: patronictl edit-config), and restart it.`;
      expect(await diagnosed({ url: fast.url })).toMatchObject({
        fsync: {
          verdict: "danger",
          finding: "It is off: nothing is flushed to the disk, and a crash of the machine may lose the whole database.",
          advice: restart("fsync = on"),
        },
        wal_level: { verdict: "warning", advice: restart("wal_level = replica") },
        autovacuum: { verdict: "warning", advice: restart("autovacuum = on") },
      });
    } finally {
      await fast.stop();
    }
  });

  it("is in danger in tables that a crash empties", async () => {
    await migrate();
    await database.query("ALTER TABLE tidemark.snapshots SET UNLOGGED");
    expect((await diagnosed()).unlogged_tables).toMatchObject({
      verdict: "danger",
      finding: "A crash of the server empties snapshots, and no standby has them: they are unlogged.",
    });
  });
});

describe("standbys", () => {
  let standby: PrivateServer;
  beforeAll(async () => {
    await database?.drop();
    // A standby connects by the name of its cluster.
    standby = await server.standby({ cluster_name: "node-2" });
    const looking = await FreshDatabase.empty(server.url);
    const streaming = "SELECT FROM pg_stat_replication WHERE state = 'streaming'";
    while ((await looking.query(streaming)).length === 0) await pause(50);
    await looking.drop();
  });
  afterAll(() => standby?.stop());

  it("do not protect what is acknowledged while none is synchronous", async () => {
    expect(await diagnosed()).toMatchObject({
      synchronous_standby_names: {
        verdict: "warning",
        finding:
          'It is empty, so commits do not wait for "node-2": the last acknowledged ones are lost with the server\'s machine.',
        advice: expect.stringMatching(
          /^ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 \("node-2"\)'; SELECT pg_reload_conf\(\);/,
        ),
      },
      standbys: { verdict: "fine", finding: '"node-2" streams.' },
    });
  });

  it("protect it once the advice was followed", async () => {
    const { synchronous_standby_names: before } = await diagnosed();
    const [change = ""] = before!.advice!.split(" SELECT");
    await database.query(change);
    await database.query("SELECT pg_reload_conf()");
    try {
      while ((await database.query("SELECT FROM pg_stat_replication WHERE sync_state = 'quorum'")).length === 0);
      expect(await diagnosed()).toMatchObject({
        synchronous_standby_names: { verdict: "fine", finding: 'Commits wait for "node-2".' },
        synchronous_commit: {
          verdict: "fine",
          finding: "It is on: a commit is on the disks of the server and of a standby when it is acknowledged.",
        },
      });
      const commit = (value: string) => diagnosed({ url: urlWith({ options: `-c synchronous_commit=${value}` }) });
      expect((await commit("local")).synchronous_commit).toMatchObject({
        verdict: "warning",
        finding: expect.stringContaining("are lost with the server's machine"),
      });
      expect((await commit("remote_write")).synchronous_commit).toMatchObject({
        verdict: "warning",
        finding: expect.stringContaining("the standby's machine fails together with the server's"),
      });
    } finally {
      await database.query("ALTER SYSTEM RESET synchronous_standby_names");
      await database.query("SELECT pg_reload_conf()");
    }
  });

  it("hold up every commit where none has the name that is asked for", async () => {
    const found = await withSettings({ synchronous_standby_names: '"node-9"' }, () => diagnosed());
    expect(found.synchronous_standby_names).toMatchObject({
      verdict: "warning",
      finding: 'It is "node-9", and no standby of such a name streams: commits wait until one does.',
    });
  });

  it("are unknown to a role that does not see others, which is told how it can", async () => {
    const role = `app_${database.url.slice(-12)}`;
    await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 'app'`);
    const url = new URL(database.url);
    [url.username, url.password] = [role, "app"];
    try {
      const advice = `GRANT pg_monitor TO "${role}";`;
      expect(await diagnosed({ url: url.toString() })).toMatchObject({
        standbys: {
          verdict: "unknown",
          finding: expect.stringMatching(/^1 connection\(s\) copy the server's log/),
          advice,
        },
        synchronous_standby_names: { verdict: "unknown", advice },
      });
      await database.query(advice);
      expect((await diagnosed({ url: url.toString() })).standbys?.finding).toBe('"node-2" streams.');
    } finally {
      await database.query(`DROP ROLE ${role}`);
    }
  });

  it("are no place to connect to", async () => {
    const url = new URL(standby.url);
    const found = await diagnosed({ url: url.toString() });
    expect(found.primary).toMatchObject({
      verdict: "danger",
      advice: "Let url, or hosts, in [event_store] name the primary.",
    });
    expect(Object.keys(found)).not.toContain("standbys");
  });
});

describe("global positions", () => {
  beforeEach(() => migrate());

  const SEQUENCE = "ALTER SEQUENCE tidemark.global_positions";

  it("are in danger where connections take several numbers at once, until the advice was followed", async () => {
    await database.query(`${SEQUENCE} CACHE 20`);
    const { global_positions: found } = await diagnosed();
    expect(found).toMatchObject({
      verdict: "danger",
      finding: expect.stringMatching(/^Each connection takes 20 numbers at once/),
    });
    expect(found?.advice).toBe(
      'ALTER SEQUENCE "tidemark".global_positions CACHE 1; then restart every process that writes.',
    );
    await database.query(found!.advice!.split(" then")[0]!);
    expect((await diagnosed()).global_positions?.verdict).toBe("fine");
  });

  it("are in danger where the sequence begins again, and wait where it has gaps", async () => {
    await database.query(`${SEQUENCE} CYCLE`);
    expect((await diagnosed()).global_positions).toMatchObject({
      verdict: "danger",
      advice: 'ALTER SEQUENCE "tidemark".global_positions NO CYCLE;',
    });
    await database.query(`${SEQUENCE} NO CYCLE INCREMENT BY 10`);
    expect((await diagnosed()).global_positions).toMatchObject({
      verdict: "warning",
      finding: "Numbers go up by 10: readers wait at each gap until nobody writes.",
    });
  });

  it("are in danger where the sequence lags behind the events, as after a copy of the tables alone", async () => {
    await append(5);
    await database.query("SELECT setval('tidemark.global_positions', 2)");
    const { global_positions: found } = await diagnosed();
    expect(found).toMatchObject({
      verdict: "danger",
      finding: expect.stringMatching(/^The last number that it gave out is 2, but an event has the position 5/),
    });
    await database.query(found!.advice!.replace(/^.*?: /, ""));
    expect((await diagnosed()).global_positions?.verdict).toBe("fine");
  });
});

describe("transactions that have written events", () => {
  /** What is found a minute and a half later. */
  async function later(options: Options = {}): Promise<Diagnosis> {
    const client = new Client({ connectionString: options.url ?? database.url });
    await client.connect();
    const facts = await look(client, "tidemark", { migrations: true, events: true });
    await client.end();
    const writers = facts.writers!.map((writer) => ({ ...writer, ageMs: writer.ageMs && writer.ageMs + 90_000 }));
    return openTransactions({ ...facts, writers });
  }

  beforeEach(() => migrate());

  it("are named where they stay open, with what ends them", async () => {
    const writer = new Client({ connectionString: database.url, application_name: "import" });
    writer.on("error", () => undefined);
    await writer.connect();
    await writer.query("BEGIN; DELETE FROM tidemark.events");
    expect((await diagnosed()).open_transactions?.verdict).toBe("fine");
    const found = await later();
    const [{ pid }] = await database.query("SELECT pid FROM pg_stat_activity WHERE application_name = 'import'");
    expect(found).toEqual({
      name: "open_transactions",
      verdict: "warning",
      finding: `The transaction of process ${pid} ("import") has been open for 1 min: readers stop before the events of such a transaction until it ends.`,
      advice: `SELECT pg_terminate_backend(${pid});`,
    });
    await database.query(found.advice!);
    while ((await later()).verdict !== "fine");
  });

  it("are named where they were prepared", async () => {
    await database.query("BEGIN; DELETE FROM tidemark.events; PREPARE TRANSACTION 'it''s'");
    const found = await later();
    await database.query(found.advice ?? "ROLLBACK PREPARED 'it''s'");
    expect(found.finding).toMatch(/^The prepared transaction "it's" has been open for 1 min/);
    expect((await later()).verdict).toBe("fine");
  });
});

describe("a pooler", () => {
  async function behind(settings: PoolerSettings): Promise<Readonly<Record<string, Diagnosis>>> {
    const pooler = await Pooler.before(database.url, settings);
    try {
      return await diagnosed({ url: pooler.url });
    } finally {
      await pooler.close();
    }
  }

  it("is not found where there is none", async () => {
    expect((await diagnosed()).pooler).toEqual({
      name: "pooler",
      verdict: "fine",
      finding: "Nothing stands between this process and the server.",
    });
  });

  it("is not found where connections are passed on as they are, and two round trips tell all", async () => {
    await migrate();
    const proxy = await CountingProxy.before(database.url);
    expect((await diagnosed({ url: proxy.url })).pooler?.finding).toMatch(/^Nothing stands between/);
    // The password is a message of its own kind.
    expect(proxy.roundTrips).toBe(2);
    await proxy.close();
  });

  it.each([1, 3])("in transaction mode is a danger to prepared statements, with %i connections", async (size) => {
    const found = await behind({ mode: "transaction", size });
    expect(found.pooler).toMatchObject({
      verdict: "danger",
      finding: expect.stringMatching(/^A pooler in transaction mode .* mixes up prepared statements/),
    });
    expect(found.session_settings).toMatchObject({
      verdict: "warning",
      finding: expect.stringMatching(
        /^The store asks for plan_cache_mode, .*statement_timeout as it connects, and something/,
      ),
    });
  });

  it("in transaction mode that keeps prepared statements apart is no more than a warning", async () => {
    expect((await behind({ mode: "transaction", size: 1, renamesStatements: true })).pooler).toMatchObject({
      verdict: "warning",
      finding: expect.stringContaining("LISTEN does not work through it"),
    });
  });

  it.each([1, 2])("in session mode is none to worry about, with %i connections", async (size) => {
    expect((await behind({ mode: "session", size })).pooler).toEqual({
      name: "pooler",
      verdict: "fine",
      finding: "A pooler stands in front of the server, and each connection has one of the server for itself.",
    });
  });
});

describe("sessions", () => {
  it("are in danger with another isolation than the one that functions rely on", async () => {
    const url = urlWith({ options: "-c default_transaction_isolation=serializable" });
    expect((await diagnosed({ url })).default_transaction_isolation).toMatchObject({
      verdict: "danger",
      finding: expect.stringMatching(/^It is serializable on these connections/),
    });
  });

  it("are named where they are read-only, or give up on locks within a second", async () => {
    const settings = ["default_transaction_read_only=on", "lock_timeout=200", "idle_in_transaction_session_timeout=2s"];
    const url = urlWith({ options: settings.map((setting) => `-c ${setting}`).join(" ") });
    expect(await diagnosed({ url })).toMatchObject({
      primary: { verdict: "warning", finding: expect.stringContaining("transactions are read-only here") },
      lock_timeout: { verdict: "warning", finding: "It is 200 ms: commands that wait for the same row fail." },
      idle_in_transaction_session_timeout: { verdict: "fine", finding: "It is 2,000 ms." },
    });
  });

  it("are counted against what the server has", async () => {
    const name = new URL(database.url).pathname.slice(1);
    expect((await diagnosed({ poolSize: 500 })).max_connections).toMatchObject({
      verdict: "warning",
      finding:
        "There are 197 for the server, and a process of this store opens up to 501 (pool_size, and one to listen).",
      advice: "Lower pool_size to 196, or raise the limit.",
    });
    await database.query(`ALTER DATABASE ${name} CONNECTION LIMIT 5`);
    expect((await diagnosed()).max_connections?.finding).toMatch(new RegExp(`^There are 5 for the database "${name}"`));
  });
});

describe("the schema", () => {
  it("is missing before the first migration", async () => {
    expect(await diagnosed({ schema: "shop" })).toMatchObject({
      schema: {
        verdict: "warning",
        finding: 'There is no schema "shop" with the tables of a store.',
        advice: "domain eventstore migrate",
      },
    });
  });

  it("is older or newer than the code", async () => {
    await migrate();
    await database.query("DELETE FROM tidemark.migrations WHERE version = 4");
    expect((await diagnosed()).schema).toMatchObject({ finding: "Its version is 3; this code needs version 4." });
    await database.query("INSERT INTO tidemark.migrations (version) VALUES (4), (99)");
    expect((await diagnosed()).schema).toMatchObject({ verdict: "warning", advice: "Upgrade @tidemark/postgres." });
  });
});

it("tells of clocks that differ", async () => {
  const hour = 3_600_000;
  const real = Date.now.bind(Date);
  const ahead = jest.spyOn(Date, "now").mockImplementation(() => real() + hour);
  try {
    expect((await diagnosed()).clock).toMatchObject({
      verdict: "warning",
      finding: expect.stringMatching(/^The server's clock is 3,600 s behind this process's/),
    });
  } finally {
    ahead.mockRestore();
  }
  expect((await diagnosed()).clock?.verdict).toBe("fine");
});

it("says that a database cannot hold every text", async () => {
  await database.query("CREATE DATABASE ascii ENCODING 'SQL_ASCII' TEMPLATE template0");
  const url = new URL(database.url);
  url.pathname = "/ascii";
  expect((await diagnosed({ url: url.toString() })).encoding).toMatchObject({
    verdict: "danger",
    finding: "It is SQL_ASCII, which cannot hold every text, and no store opens on it.",
  });
  await database.query("DROP DATABASE ascii");
});

describe("a role with few privileges", () => {
  let role: string;
  let url: string;
  beforeEach(async () => {
    await migrate();
    await append(2);
    role = `app_${database.url.slice(-12)}`;
    await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 'app'`);
    const own = new URL(database.url);
    [own.username, own.password] = [role, "app"];
    url = own.toString();
  });
  afterEach(() => database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`));

  it("sees all but other roles with those of least-privilege.sql", async () => {
    const grants = readFileSync(join(__dirname, "..", "..", "sql", "least-privilege.sql"), "utf8");
    await database.query(grants.replaceAll("tidemark_app", role));
    const asOwner = await diagnosed();
    const found = await diagnosed({ url });
    expect(Object.keys(found)).toEqual(Object.keys(asOwner));
    expect(Object.values(found).filter(({ verdict }) => verdict === "unknown")).toEqual([]);
    expect(found.global_positions).toEqual(asOwner.global_positions);
    const writer = await database.connect();
    await writer.query("BEGIN; DELETE FROM tidemark.events");
    expect((await diagnosed({ url })).open_transactions).toEqual({
      name: "open_transactions",
      verdict: "unknown",
      finding: "1 transaction(s) of other roles write events; this role cannot see since when.",
      advice: `GRANT pg_monitor TO "${role}";`,
    });
    await writer.end();
  });

  it("is told what it may not see without any", async () => {
    const found = await diagnosed({ url });
    expect(found.schema).toMatchObject({
      verdict: "unknown",
      advice: "Give it the privileges of least-privilege.sql of @tidemark/postgres.",
    });
    expect(found.global_positions).toMatchObject({
      verdict: "fine",
      finding: "The sequence gives out one number at a time.",
    });
  });

  it("is told what was closed to it, and the rest", async () => {
    await database.query("REVOKE SELECT ON pg_locks, pg_stat_replication FROM PUBLIC");
    const found = await diagnosed({ url });
    expect(found.open_transactions?.verdict).toBe("unknown");
    expect(found.standbys?.verdict).toBe("unknown");
    expect(found.fsync?.verdict).toBe("fine");
  });
});
