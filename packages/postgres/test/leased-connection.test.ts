import { StoreUnavailableError } from "@tidemark/core";

import { Connections } from "../src/connections";
import type { LeasedConnection } from "../src/leased-connection";
import { checkedSettings } from "../src/settings";
import type { Statement } from "../src/work";
import { FreshDatabase } from "./server/fresh-database";

let database: FreshDatabase;
let connections: Connections;
const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);

beforeAll(async () => {
  database = await FreshDatabase.create();
  await database.query("CREATE TABLE notes (n integer)");
});
afterAll(() => database?.drop());
beforeEach(async () => {
  process.on("unhandledRejection", note);
  const settings = { url: database.url, poolSize: 2, poolTimeoutMs: 150, statementTimeoutMs: 300 };
  connections = new Connections(checkedSettings(settings), "the database");
});
afterEach(async () => {
  await connections?.close();
  await database.query("TRUNCATE notes");
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});

const once = (text: string): Statement => ({ name: "", text });
const BEGIN = once("BEGIN");
const COMMIT = once("COMMIT");
const INSERT: Statement = { name: "insert_note", text: "INSERT INTO notes VALUES ($1)" };
const PID: Statement = { name: "pid", text: "SELECT pg_backend_pid()" };

const notes = async () => (await database.query("SELECT n FROM notes ORDER BY n")).map(({ n }) => n);
const terminate = (pid: string) => database.query("SELECT pg_terminate_backend($1)", [pid]);
const lease = <T>(work: (connection: LeasedConnection) => Promise<T>) => connections.lease("Cannot note in", work);

/** Takes a lease and holds it until `end`. */
async function held(): Promise<{ readonly connection: LeasedConnection; readonly end: () => Promise<void> }> {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return new Promise((resolve) => {
    const done = lease(async (connection) => {
      resolve({
        connection,
        end: async () => {
          end();
          await done;
        },
      });
      await ended;
    });
  });
}

it("lends one connection to one holder, for a transaction of several round trips", async () => {
  const result = await lease(async (connection) => {
    await connection.run(BEGIN);
    await connection.run(INSERT, [1]);
    expect(await notes()).toEqual([]);
    const pids = new Set([await connection.run(PID), await connection.run(PID)].map(([row]) => row![0]));
    const others = await Promise.all([1, 2, 3].map(() => connections.run("Cannot read", PID, [])));
    expect(pids.size).toBe(1);
    expect(others.map(([row]) => row![0])).not.toContain([...pids][0]);
    await connection.run(INSERT, [2]);
    await connection.run(COMMIT);
    return "done";
  });
  expect(result).toBe("done");
  expect(await notes()).toEqual([1, 2]);
});

it("carries out statements one after the other, whoever awaits them", async () => {
  await lease(async (connection) => {
    await Promise.all([connection.run(BEGIN), connection.run(INSERT, [1]), connection.run(INSERT, [2])]);
    await Promise.all([connection.run(INSERT, [3]), connection.run(COMMIT)]);
  });
  expect(await notes()).toEqual([1, 2, 3]);
});

it("rolls back what a holder that throws has done, and lends the connection again", async () => {
  const failure = new Error("out of notes");
  const failing = lease(async (connection) => {
    await connection.run(BEGIN);
    await connection.run(INSERT, [1]);
    throw failure;
  });
  await expect(failing).rejects.toBe(failure);
  expect(await notes()).toEqual([]);
  await Promise.all([1, 2].map((n) => lease((connection) => connection.run(INSERT, [n]))));
  expect(await notes()).toEqual([1, 2]);
});

it("rolls back after a statement that the server refuses", async () => {
  const failing = lease(async (connection) => {
    await connection.run(BEGIN);
    await connection.run(INSERT, [1]);
    await connection.run(once("SELECT 1 / 0"));
  });
  await expect(failing).rejects.toThrow("Cannot note in the database: division by zero");
  expect(await notes()).toEqual([]);
  for (let n = 0; n < 4; n++) await connections.run("Cannot note in", INSERT, [n]);
  expect(await notes()).toEqual([0, 1, 2, 3]);
});

it("rolls back a transaction that its holder forgot, and says so", async () => {
  const forgetful = lease(async (connection) => {
    await connection.run(BEGIN);
    await connection.run(INSERT, [1]);
  });
  await expect(forgetful).rejects.toThrow(/was left open/);
  const careless = lease(async (connection) => {
    await connection.run(once("SELECT 1 / 0")).catch(() => undefined);
    return "nothing was open";
  });
  expect(await careless).toBe("nothing was open");
  expect(await notes()).toEqual([]);
});

it("ends with its holder: a connection cannot be used after that", async () => {
  const kept = await lease(async (connection) => connection);
  await expect(kept.run(INSERT, [1])).rejects.toThrow(/lease .* has ended/);
  expect(await notes()).toEqual([]);
});

it("counts in the pool: when every connection is lent, others wait, but not for ever", async () => {
  const holders = [await held(), await held()];
  await expect(lease(async () => undefined)).rejects.toThrow(
    /^Cannot note in the database: all connections stayed busy/,
  );
  await expect(connections.run("Cannot read", PID, [])).rejects.toThrow(StoreUnavailableError);
  const waiting = lease((connection) => connection.run(INSERT, [1]));
  await holders[0]!.end();
  await waiting;
  await holders[1]!.end();
  expect(await notes()).toEqual([1]);
});

it("fails the next call of a holder whose connection was lost", async () => {
  const { connection, end } = await held();
  await connection.run(BEGIN);
  await connection.run(INSERT, [1]);
  const [[pid]] = (await connection.run(PID)) as [[string]];
  await terminate(pid);
  await expect(connection.run(INSERT, [2])).rejects.toMatchObject({
    code: "STORE_UNAVAILABLE",
    message: "Cannot note in the database: the server ended the connection",
  });
  await expect(connection.run(COMMIT)).rejects.toThrow(StoreUnavailableError);
  await expect(end()).rejects.toThrow(/was left open/);
  expect(await notes()).toEqual([]);
  await lease((other) => other.run(INSERT, [3]));
  expect(await notes()).toEqual([3]);
});

it("fails the call under way when the connection is lost", async () => {
  const { connection, end } = await held();
  const [[pid]] = (await connection.run(PID)) as [[string]];
  const sleeping = expect(connection.run(once("SELECT pg_sleep(60)"))).rejects.toThrow(
    /the server ended the connection/,
  );
  await terminate(pid);
  await sleeping;
  await end();
});

it("gives each statement its deadline", async () => {
  const slow = lease(async (connection) => {
    await connection.run(BEGIN);
    await connection.run(INSERT, [1]);
    await connection.run(once("SELECT pg_sleep(60)"));
  });
  await expect(slow).rejects.toThrow(/the statement took longer than statement_timeout_ms$/);
  expect(await notes()).toEqual([]);
});

it("is taken from a holder that does not use the connection", async () => {
  const { connection, end } = await held();
  await connection.run(BEGIN);
  await connection.run(INSERT, [1]);
  while (connection.isOpen) await new Promise((resolve) => setTimeout(resolve, 10));
  await expect(connection.run(COMMIT)).rejects.toThrow(/its holder did not use the connection for \d+ ms$/);
  await expect(end()).rejects.toThrow(/was left open/);
  expect(await notes()).toEqual([]);
});

it("is waited for when the pool is closed", async () => {
  const { connection, end } = await held();
  await connection.run(BEGIN);
  let isClosed = false;
  const closing = connections.close().then(() => {
    isClosed = true;
  });
  await expect(lease(async () => undefined)).rejects.toThrow(/the store is closed/);
  await connection.run(INSERT, [1]);
  await connection.run(COMMIT);
  expect(isClosed).toBe(false);
  await end();
  await closing;
  expect(await notes()).toEqual([1]);
});
