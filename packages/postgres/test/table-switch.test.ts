import { OperationConflictError } from "@tidemark/core";
import type { Operation, Row, Table, TableSwitch } from "@tidemark/core/adapter";
import { PostgresEventStore } from "@tidemark/postgres";

import { events, request } from "./appended-events";
import { HeldCommits } from "./held-commits";
import { FreshDatabase } from "./server/fresh-database";

let database: FreshDatabase;
let store: PostgresEventStore;
/** With connections of its own: as good as another process. */
let other: PostgresEventStore;

beforeAll(async () => {
  database = await FreshDatabase.create();
});
afterAll(() => database?.drop());

const LIVE: Table = {
  name: "seats",
  columns: [
    { name: "id", type: "text" },
    { name: "number", type: "integer" },
    { name: "hall", type: "text" },
  ],
  indexes: [{ columns: ["number"], isUnique: true }, { columns: ["hall"] }],
};
const SHADOW: Table = { ...LIVE, name: "seats_rebuild" };
const VIEW = { name: "all_seats", table: LIVE, columns: ["id", "number"] };
const SWITCH: TableSwitch = { table: LIVE, by: "seats_rebuild", kept: "seats_kept", lockTimeoutMs: 60_000, also: [] };

const upsert = (table: Table, ...rows: readonly Row[]): Operation => ({ kind: "upsertRows", table, rows });
const models = () => store.operations.readModels;
const switchTable = async (more: Partial<TableSwitch> = {}) => models().switchTable({ ...SWITCH, ...more });
const rowsOf = (table: string) => database.query(`SELECT id, number::int, hall FROM tidemark.${table} ORDER BY id`);
const tables = async () =>
  (
    await database.query(
      "SELECT tablename FROM pg_tables WHERE schemaname = 'tidemark' AND tablename LIKE 'seats%' ORDER BY 1",
    )
  ).map(({ tablename }) => tablename);
const indexesOf = async (table: string) =>
  (
    await database.query(
      "SELECT indexname FROM pg_indexes WHERE tablename = $1 AND indexname LIKE 'index:%' ORDER BY 1",
      [table],
    )
  ).map(({ indexname }) => indexname);
const OLD: Row = ["1", 1, "north"];
const NEW: Row = ["1", 7, "south"];
const asRecord = ([id, number, hall]: Row) => ({ id, number, hall });
/** Resolves once somebody waits for a lock that another transaction holds. */
async function somebodyWaits(): Promise<void> {
  for (;;)
    if ((await database.query("SELECT FROM pg_locks WHERE NOT granted AND locktype = 'relation'")).length > 0) return;
}

beforeEach(async () => {
  store = new PostgresEventStore({ url: database.url });
  other = new PostgresEventStore({ url: database.url });
  for (const table of [LIVE, SHADOW]) await models().createTable(table);
  await store.operations.flush([upsert(LIVE, OLD), upsert(SHADOW, NEW)]);
});
afterEach(async () => {
  await store?.close();
  await other?.close();
  await database.clear();
});

describe("a switch of tables", () => {
  it("keeps the old rows under the name for them, and drops those that had it", async () => {
    await switchTable();
    expect(await tables()).toEqual(["seats", "seats_kept"]);
    expect([await rowsOf("seats"), await rowsOf("seats_kept")]).toEqual([[asRecord(NEW)], [asRecord(OLD)]]);
    await models().createTable(SHADOW);
    await switchTable();
    expect(await tables()).toEqual(["seats", "seats_kept"]);
    expect([await rowsOf("seats"), await rowsOf("seats_kept")]).toEqual([[], [asRecord(NEW)]]);
  });

  it("shows the one or the other to every reader, who goes on with the statements that it has prepared", async () => {
    const readers = Array.from({ length: 4 }, () => new PostgresEventStore({ url: database.url, poolSize: 1 }));
    const client = await database.connect();
    const byHand = async () =>
      (await client.query({ name: "seats", text: "SELECT id, number::int, hall FROM tidemark.seats" })).rows;
    await models().createView(VIEW);
    const read = async (each: PostgresEventStore) => {
      const rows = await each.operations.readModels.rows(LIVE, ["1", "2"]);
      const query = await each.operations.readModels.query({
        table: LIVE,
        where: [],
        orderBy: [{ column: "id", direction: "asc" }],
        limit: 9,
      });
      return [...rows, ...query].map((row) => JSON.stringify(row));
    };
    const [old, current] = [JSON.stringify(OLD), JSON.stringify(NEW)];
    for (const reader of readers) expect(await read(reader)).toEqual([old, old]);
    expect(await byHand()).toEqual([asRecord(OLD)]);
    let isSwitching = true;
    const reading = readers.map(async (reader) => {
      const seen: string[] = [];
      while (isSwitching) seen.push(...(await read(reader)));
      return seen;
    });
    await switchTable({ view: VIEW });
    isSwitching = false;
    for (const seen of await Promise.all(reading)) {
      const before = seen.filter((row) => row === old).length;
      expect(seen).toEqual(seen.map((_, index) => (index < before ? old : current)));
    }
    for (const reader of readers) expect(await read(reader)).toEqual([current, current]);
    expect(await byHand()).toEqual([asRecord(NEW)]);
    expect(await database.query("SELECT id, number::int FROM tidemark.all_seats")).toEqual([{ id: "1", number: 7 }]);
    await client.end();
    for (const reader of readers) await reader.close();
  });

  it("loses no row of those who write meanwhile: each goes to the one table or the other", async () => {
    const writers = Array.from({ length: 4 }, () => new PostgresEventStore({ url: database.url, poolSize: 1 }));
    for (const writer of writers) await writer.operations.flush([upsert(LIVE, OLD)]);
    let isSwitching = true;
    const writing = writers.map(async ({ operations }, writer) => {
      const written: string[] = [];
      for (let n = 0; isSwitching || n < 3; n++) {
        const id = `${writer}-${n}`;
        await operations.flush([upsert(LIVE, [id, 100 + 10_000 * writer + n, "x"])]);
        written.push(id);
      }
      return written;
    });
    await switchTable();
    isSwitching = false;
    const written = (await Promise.all(writing)).flat();
    const stored = [...(await rowsOf("seats")), ...(await rowsOf("seats_kept"))].map(({ id }) => id);
    expect(stored.sort()).toEqual([...written, "1", "1"].sort());
    for (const writer of writers) await writer.close();
  });

  it("gives the view to the new rows, with its privileges", async () => {
    await models().createView(VIEW);
    await database.query(
      "GRANT SELECT ON tidemark.all_seats TO PUBLIC; CREATE VIEW tidemark.counted AS SELECT count(*)::int AS n FROM tidemark.all_seats WHERE number = 7",
    );
    await switchTable({ view: VIEW });
    expect(await models().viewedTable("all_seats")).toBe("seats");
    expect(await database.query("SELECT id, number::int FROM tidemark.all_seats")).toEqual([{ id: "1", number: 7 }]);
    expect(await database.query("SELECT n FROM tidemark.counted")).toEqual([{ n: 1 }]);
    expect(
      await database.query(
        "SELECT privilege_type FROM information_schema.role_table_grants WHERE table_name = 'all_seats' AND grantee = 'PUBLIC'",
      ),
    ).toEqual([{ privilege_type: "SELECT" }]);
  });

  it("leaves a view of another table as it is", async () => {
    const second: Table = { ...LIVE, name: "seats_v2", indexes: [] };
    await models().createTable(second);
    await models().createView({ ...VIEW, table: second });
    await switchTable();
    expect(await models().viewedTable("all_seats")).toBe("seats_v2");
  });

  it("exchanges the names of indexes, so that tables made later have all of theirs and none twice", async () => {
    const [live, shadow] = [await indexesOf("seats"), await indexesOf("seats_rebuild")];
    await switchTable();
    const kept = await indexesOf("seats_kept");
    expect(await indexesOf("seats")).toEqual(live);
    expect(kept.filter((name) => live.includes(name) || shadow.includes(name))).toEqual([]);
    expect(kept).toHaveLength(2);
    await models().createTable(LIVE);
    await models().createTable(SHADOW);
    expect([await indexesOf("seats"), await indexesOf("seats_rebuild")]).toEqual([live, shadow]);
    await models().dropTable("seats_kept");
    expect(await indexesOf("seats")).toEqual(live);
  });

  it("does not let an index of another version of the code pass for one of the new table", async () => {
    const later: Table = { ...LIVE, indexes: [...LIVE.indexes!, { columns: ["hall", "number"], isUnique: true }] };
    await models().createTable(later);
    expect(await indexesOf("seats")).toHaveLength(3);
    await switchTable();
    expect(await indexesOf("seats")).toHaveLength(2);
    expect(await indexesOf("seats_kept")).toHaveLength(3);
    await models().createTable(later);
    expect(await indexesOf("seats")).toHaveLength(3);
  });

  it("keeps unique what is to be unique, and says which columns of which table", async () => {
    await switchTable();
    const violation = { code: "UNIQUE_VIOLATION", details: { table: "seats", columns: ["number"] } };
    for (const each of [store, other])
      await expect(each.operations.flush([upsert(LIVE, ["2", 7, "x"])])).rejects.toMatchObject(violation);
    const unaware: Table = { name: "seats", columns: LIVE.columns };
    await expect(store.operations.flush([upsert(unaware, ["2", 7, "x"])])).rejects.toMatchObject(violation);
    await store.operations.flush([upsert(LIVE, ["1", 8, "x"], ["2", 7, "x"])]);
    expect(await rowsOf("seats")).toHaveLength(2);
  });

  it("leaves nothing of the name that the new rows had, and says so to who uses it on", async () => {
    for (const each of [store, other]) await each.operations.flush([upsert(SHADOW, NEW)]);
    await switchTable();
    for (const each of [store, other]) {
      const missing = {
        code: "INCORRECT_USAGE",
        message: 'Cannot use table "seats_rebuild": there is none; create it first',
      };
      await expect(each.operations.flush([upsert(SHADOW, NEW)])).rejects.toMatchObject(missing);
      await each.operations.flush([upsert(LIVE, ["9", 9, "x"])]);
    }
    await models().createTable(SHADOW);
    await other.operations.flush([upsert(SHADOW, ["5", 5, "x"])]);
    expect(await models().rows(SHADOW, ["1", "5"])).toEqual([["5", 5, "x"]]);
  });

  it("commits with operations, or not at all", async () => {
    await store.operations.subscriptions.layCheckpoints([
      { subscription: "Seats", bucket: 0, position: 3 },
      { subscription: "Seats", bucket: 1, position: 4 },
    ]);
    const replace = (generation: number): Operation => ({
      kind: "replaceCheckpoints",
      subscription: "Seats",
      expected: [
        { bucket: 0, position: 3, generation: 0 },
        { bucket: 1, position: 4, generation },
      ],
      checkpoints: [0, 1].map((bucket) => ({ bucket, position: 9 })),
    });
    await expect(switchTable({ also: [replace(5)] })).rejects.toMatchObject({
      code: "OPERATION_CONFLICT",
      details: {
        subject: 'the checkpoints of subscription "Seats"',
        actual: expect.stringContaining("bucket 1 at position 4"),
      },
    });
    expect(await tables()).toEqual(["seats", "seats_rebuild"]);
    expect(await rowsOf("seats")).toEqual([asRecord(OLD)]);
    await switchTable({ also: [replace(0), upsert(LIVE, ["2", 2, "x"])] });
    expect(await rowsOf("seats")).toEqual([asRecord(NEW), { id: "2", number: 2, hall: "x" }]);
    const places = (await store.operations.subscriptions.checkpoints("Seats")).map(({ position, generation }) => [
      position,
      generation,
    ]);
    expect(places).toEqual([
      [9, 1],
      [9, 1],
    ]);
  });

  it("is refused where one of the tables is missing or has other columns", async () => {
    const narrower: Table = { name: "seats_rebuild", columns: LIVE.columns.slice(0, 2) };
    await models().dropTable("seats_rebuild");
    await expect(switchTable()).rejects.toMatchObject({
      code: "INCORRECT_USAGE",
      message: expect.stringContaining('"seats_rebuild"'),
    });
    await models().createTable(narrower);
    await expect(switchTable()).rejects.toMatchObject({ code: "INCORRECT_USAGE" });
    expect(await rowsOf("seats")).toEqual([asRecord(OLD)]);
  });
});

describe("a long transaction", () => {
  it("holds a switch up for its lock timeout only, and nobody after that", async () => {
    const reader = await database.connect();
    await reader.query("BEGIN; SELECT FROM tidemark.seats");
    const refused = await switchTable({ lockTimeoutMs: 50 }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(OperationConflictError);
    expect(refused).toMatchObject({ details: { subject: 'table "seats"', expected: "it free within 50 ms" } });
    expect(await tables()).toEqual(["seats", "seats_rebuild"]);
    await store.operations.flush([upsert(LIVE, ["2", 2, "x"])]);
    expect(await models().rows(LIVE, ["2"])).toEqual([["2", 2, "x"]]);
    await reader.query("COMMIT");
    await switchTable({ lockTimeoutMs: 5_000 });
    expect(await rowsOf("seats")).toEqual([asRecord(NEW)]);
    expect((await reader.query("SELECT number::int FROM tidemark.seats")).rows).toEqual([{ number: 7 }]);
    await reader.end();
  });

  it("that has a checkpoint which is to be replaced refuses the switch in the same way", async () => {
    await store.operations.subscriptions.layCheckpoints([{ subscription: "Seats", bucket: 0, position: 3 }]);
    const holder = await database.connect();
    await holder.query("BEGIN; SELECT FROM tidemark.checkpoints FOR UPDATE");
    const expected = [{ bucket: 0, position: 3, generation: 0 }];
    const also: readonly Operation[] = [
      { kind: "replaceCheckpoints", subscription: "Seats", expected, checkpoints: [] },
    ];
    await expect(switchTable({ lockTimeoutMs: 50, also })).rejects.toThrow(OperationConflictError);
    expect(await rowsOf("seats")).toEqual([asRecord(OLD)]);
    await holder.end();
  });

  it("that waits for the switch while that waits for it ends it without harm", async () => {
    const holder = await database.connect();
    await models().createView(VIEW);
    await holder.query("BEGIN; SELECT FROM tidemark.seats_rebuild");
    const switched = switchTable({ view: VIEW }).catch((error: unknown) => error);
    await somebodyWaits();
    // One of the two is ended by the server.
    const locked = await holder.query("LOCK TABLE tidemark.seats").then(
      () => "granted",
      () => "refused",
    );
    await holder.query("ROLLBACK");
    const outcome = await switched;
    if (locked === "granted") expect(outcome).toBeInstanceOf(OperationConflictError);
    else expect(outcome).toBeUndefined();
    expect(await rowsOf("seats")).toEqual([asRecord(locked === "granted" ? OLD : NEW)]);
    await holder.end();
  });
});

describe("a switch up to a position", () => {
  let commits: HeldCommits;

  beforeEach(async () => {
    commits = await HeldCommits.begin(database);
  });
  afterEach(() => commits?.end());

  const upTo = (position: number, ...categories: readonly string[]) => ({ upTo: { position, categories } });

  it("is refused where an event of the categories lies behind it", async () => {
    await store.log.append([request("a-1", events(2))]);
    await store.log.append([request("b-1", events(1))]);
    await expect(switchTable(upTo(1, "c", "a"))).rejects.toMatchObject({
      code: "OPERATION_CONFLICT",
      details: { actual: "one at global position 2" },
    });
    expect(await rowsOf("seats")).toEqual([asRecord(OLD)]);
    await switchTable(upTo(2, "c", "a"));
    expect(await rowsOf("seats")).toEqual([asRecord(NEW)]);
  });

  it("waits for an append that has changed rows of the table, and sees its event", async () => {
    const append = other.log.append([request("held-1", events(1))], { also: [upsert(LIVE, ["2", 2, "x"])] });
    await commits.waiting(1);
    const switched = switchTable(upTo(0, "held")).catch((error: unknown) => error);
    await somebodyWaits();
    await commits.release();
    await append;
    expect(await switched).toMatchObject({
      code: "OPERATION_CONFLICT",
      details: { actual: "one at global position 1" },
    });
    expect(await rowsOf("seats")).toEqual([asRecord(OLD), { id: "2", number: 2, hall: "x" }]);
  });

  it("waits for an append that has drawn a position and changes no row, and sees its event", async () => {
    const append = other.log.append([request("held-1", events(1))]);
    await commits.waiting(1);
    const switched = switchTable(upTo(0, "held")).catch((error: unknown) => error);
    // A reader that waits tells that the switch has the table.
    const reader = await database.connect();
    await untilLocked();
    const read = reader.query("SELECT number::int FROM tidemark.seats");
    await somebodyWaits();
    await commits.release();
    await append;
    expect(await switched).toMatchObject({
      code: "OPERATION_CONFLICT",
      details: { actual: "one at global position 1" },
    });
    expect((await read).rows).toEqual([{ number: 1 }]);
    await reader.end();
  });

  it("gives up where a writer does not end in time", async () => {
    const append = other.log.append([request("held-1", events(1))]);
    await commits.waiting(1);
    await expect(switchTable({ ...upTo(0, "held"), lockTimeoutMs: 50 })).rejects.toMatchObject({
      details: { actual: "a writer under way" },
    });
    await commits.release();
    await append;
  });

  it("lets an append wait that comes meanwhile: its rows go to the new table", async () => {
    const held = other.log.append([request("held-1", events(1))]);
    await commits.waiting(1);
    const switched = switchTable(upTo(0, "a"));
    await untilLocked();
    const append = store.log.append([request("a-1", events(1))], { also: [upsert(LIVE, ["2", 2, "x"])] });
    await somebodyWaits();
    await commits.release();
    await Promise.all([held, switched, append]);
    expect(await rowsOf("seats")).toEqual([asRecord(NEW), { id: "2", number: 2, hall: "x" }]);
    expect(await rowsOf("seats_kept")).toEqual([asRecord(OLD)]);
  });

  it("refuses an append that waits with rows made of those before", async () => {
    const held = other.log.append([request("held-1", events(1))]);
    await commits.waiting(1);
    const switched = switchTable(upTo(0, "a"));
    await untilLocked();
    const guarded = { ...upsert(LIVE, ["1", 2, "x"]), guard: { column: "number", expected: [1] } } as Operation;
    const append = store.log.append([request("a-1", events(1))], { also: [guarded] }).catch((error: unknown) => error);
    await somebodyWaits();
    await commits.release();
    await Promise.all([held, switched]);
    expect(await append).toMatchObject({ code: "OPERATION_CONFLICT", details: { actual: "number 7" } });
    expect(await rowsOf("seats")).toEqual([asRecord(NEW)]);
    expect(await store.log.version({ stream: "a-1", category: "a" })).toBe(-1);
  });

  it("does not mind an append that is rolled back", async () => {
    await store.log.append([request("a-1", events(1))]);
    await expect(
      other.log.append([request("failing-1", events(1))], { also: [upsert(LIVE, ["2", 2, "x"])] }),
    ).rejects.toThrow();
    await switchTable(upTo(1, "a", "failing"));
    expect(await rowsOf("seats")).toEqual([asRecord(NEW)]);
  });

  /** Resolves once the switch has the table for itself. */
  async function untilLocked(): Promise<void> {
    for (;;) {
      const rows = await database.query(
        "SELECT FROM pg_locks WHERE granted AND mode = 'AccessExclusiveLock' AND relation = 'tidemark.seats'::regclass",
      );
      if (rows.length > 0) return;
    }
  }
});
