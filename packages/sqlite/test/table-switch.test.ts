import { join } from "node:path";

import type { Operation, Row, Table, TableSwitch } from "@tidemark/core/adapter";

import type { SqliteEventStore } from "../src";
import { inFile, openFile, sqliteStore } from "./driver-under-test";
import { temporaryFolder } from "./temporary-folder";

let path: string;
let store: SqliteEventStore;

beforeEach(async () => {
  path = join(temporaryFolder(), "store.db");
  store = sqliteStore({ path });
  await store.open();
});
afterEach(() => store.close());

const ACCOUNTS: Table = {
  name: "accounts",
  columns: [
    { name: "id", type: "text" },
    { name: "balance", type: "integer" },
    { name: "limit", type: "decimal" },
  ],
  indexes: [{ columns: ["balance"] }, { columns: ["limit"], isUnique: true }],
};
const REBUILT: Table = { ...ACCOUNTS, name: "accounts_rebuilt" };
const CHANGE: TableSwitch = {
  table: ACCOUNTS,
  by: "accounts_rebuilt",
  kept: "accounts_kept",
  lockTimeoutMs: 5_000,
  also: [],
};

const upsert = (table: Table, ...rows: readonly Row[]): Operation => ({ kind: "upsertRows", table, rows });

async function makeBoth(): Promise<void> {
  for (const table of [ACCOUNTS, REBUILT]) await store.operations.readModels.createTable(table);
}

function indexesOf(table: string): unknown[] {
  const indexes =
    "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL ORDER BY name";
  return inFile(path, (database) => database.values<[string], string>(indexes).all(table));
}

it("leaves each table the indexes that it has, and makes no second one for the same columns", async () => {
  await makeBoth();
  const { readModels } = store.operations;
  for (let round = 0; round < 3; round++) {
    await readModels.switchTable(CHANGE);
    for (const table of [ACCOUNTS, REBUILT, { ...ACCOUNTS, name: "accounts_kept" }]) {
      await readModels.createTable(table);
      expect(indexesOf(table.name)).toHaveLength(2);
    }
  }
  const plan = inFile(path, (database) =>
    database.rows<[], readonly unknown[]>("EXPLAIN QUERY PLAN SELECT id FROM accounts WHERE balance > 5").all(),
  );
  expect(plan).toEqual([expect.arrayContaining([expect.stringMatching(/USING (COVERING )?INDEX /)])]);
});

it("leaves the views of other tools on the table that has the name", async () => {
  await makeBoth();
  await store.operations.flush([upsert(ACCOUNTS, ["1", 1, null]), upsert(REBUILT, ["1", 2, null])]);
  inFile(path, (database) => database.exec("CREATE VIEW rich AS SELECT id, balance FROM accounts"));
  await store.operations.readModels.switchTable(CHANGE);
  expect(inFile(path, (database) => database.rows("SELECT * FROM rich").all())).toEqual([["1", 2]]);
});

it("is noticed by another connection that has used both tables before", async () => {
  await makeBoth();
  await store.operations.flush([upsert(ACCOUNTS, ["1", 1, null]), upsert(REBUILT, ["1", 2, null])]);
  const other = sqliteStore({ path });
  await other.open();
  const { readModels } = other.operations;
  expect(await readModels.rows(ACCOUNTS, ["1"])).toEqual([["1", 1, null]]);
  expect(await readModels.rows(REBUILT, ["1"])).toEqual([["1", 2, null]]);
  await store.operations.readModels.switchTable(CHANGE);
  expect(await readModels.rows(ACCOUNTS, ["1"])).toEqual([["1", 2, null]]);
  expect(() => readModels.rows(REBUILT, ["1"])).toThrow('Cannot use table "accounts_rebuilt": there is none');
  await other.operations.flush([upsert(ACCOUNTS, ["2", 5, "1"])]);
  await expect(other.operations.flush([upsert(ACCOUNTS, ["3", 5, "1.0"])])).rejects.toMatchObject({
    code: "UNIQUE_VIOLATION",
    details: { table: "accounts", columns: ["limit"] },
  });
  await other.close();
});

it("is refused with a conflict when another process holds the file's lock for too long, and works afterwards", async () => {
  await makeBoth();
  await store.operations.flush([upsert(REBUILT, ["1", 2, null])]);
  const other = openFile(path);
  other.exec("BEGIN IMMEDIATE");
  await expect(store.operations.readModels.switchTable({ ...CHANGE, lockTimeoutMs: 1 })).rejects.toMatchObject({
    code: "OPERATION_CONFLICT",
    details: { subject: 'table "accounts"', expected: "it free within 1 ms", actual: "others at work with it" },
  });
  // What waits beside it has its own time.
  const written = store.operations.flush([upsert(ACCOUNTS, ["9", 9, null])]);
  await expect(store.operations.readModels.switchTable({ ...CHANGE, lockTimeoutMs: 1 })).rejects.toMatchObject({
    code: "OPERATION_CONFLICT",
  });
  other.exec("ROLLBACK");
  other.close();
  await written;
  await store.operations.readModels.switchTable(CHANGE);
  expect(await store.operations.readModels.rows(ACCOUNTS, ["1", "9"])).toEqual([["1", 2, null]]);
});

it("undoes a switch that is refused among other writes of the same turn, and keeps the others", async () => {
  await makeBoth();
  await store.operations.flush([upsert(ACCOUNTS, ["1", 1, null]), upsert(REBUILT, ["1", 2, null])]);
  const outcomes = await Promise.allSettled([
    store.operations.flush([upsert(ACCOUNTS, ["2", 2, null])]),
    store.operations.readModels.switchTable({ ...CHANGE, also: [{ kind: "settleEntry", id: "none", expected: 0 }] }),
    store.operations.flush([upsert(ACCOUNTS, ["3", 3, null])]),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(await store.operations.readModels.rows(ACCOUNTS, ["1", "2", "3"])).toEqual([
    ["1", 1, null],
    ["2", 2, null],
    ["3", 3, null],
  ]);
});
