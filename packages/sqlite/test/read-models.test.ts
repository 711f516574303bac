import { join } from "node:path";

import type { Table } from "@tidemark/core/adapter";

import type { SqliteEventStore } from "../src";
import { inFile, sqliteStore } from "./driver-under-test";
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
    { name: "ratio", type: "number" },
    { name: "is_open", type: "boolean" },
    { name: "opened_at", type: "time" },
  ],
  indexes: [{ columns: ["balance"] }, { columns: ["is_open", "opened_at"] }],
};
const upsert = (...rows: readonly (string | number | boolean | null)[][]) =>
  ({ kind: "upsertRows", table: ACCOUNTS, rows }) as const;

it("lie in tables that any other tool can read, by their indexes too", async () => {
  await store.operations.readModels.createTable(ACCOUNTS);
  await store.operations.flush([upsert(["1", 10, 0.5, true, 7], ["2", null, -3, false, null])]);
  const rows = inFile(path, (database) => database.rows("SELECT * FROM accounts ORDER BY id").all());
  expect(rows).toEqual([
    ["1", 10, 0.5, 1, 7],
    ["2", null, -3, 0, null],
  ]);
  const plan = (where: string) =>
    inFile(path, (database) =>
      database.rows<[], readonly unknown[]>(`EXPLAIN QUERY PLAN SELECT * FROM accounts WHERE ${where}`).all(),
    );
  expect(plan("balance > 5")).toEqual([
    expect.arrayContaining([expect.stringContaining("USING INDEX accounts:balance")]),
  ]);
  expect(plan("is_open = 1 AND opened_at > 5")).toEqual([
    expect.arrayContaining([expect.stringContaining("USING INDEX accounts:is_open,opened_at")]),
  ]);
});

it("get an index that a later version asks for", async () => {
  await store.operations.readModels.createTable({ ...ACCOUNTS, indexes: [] });
  await store.operations.readModels.createTable(ACCOUNTS);
  const indexes = inFile(path, (database) =>
    database
      .values("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = 'accounts'")
      .all(),
  );
  expect(indexes.sort()).toEqual(["accounts:balance", "accounts:is_open,opened_at"]);
});

it("refuse a name that another program's table has taken, or a view", async () => {
  inFile(path, (database) =>
    database.exec("CREATE TABLE accounts (id TEXT); CREATE VIEW open_accounts AS SELECT 1 AS id"),
  );
  await expect(store.operations.readModels.createTable(ACCOUNTS)).rejects.toMatchObject({
    code: "INVALID_CONFIGURATION",
    message: "the table accounts has other columns: CREATE TABLE accounts (id TEXT)",
  });
  await expect(store.operations.readModels.createTable({ ...ACCOUNTS, name: "open_accounts" })).rejects.toMatchObject({
    code: "INVALID_CONFIGURATION",
  });
});

it("notice when another process drops their table, or puts another one in its place", async () => {
  await store.operations.readModels.createTable(ACCOUNTS);
  await store.operations.flush([upsert(["1", 10, null, null, null])]);
  inFile(path, (database) => database.exec("DROP TABLE accounts"));
  const missing = { code: "INCORRECT_USAGE", message: 'Cannot use table "accounts": there is none; create it first' };
  await expect(store.operations.flush([upsert(["1", 11, null, null, null])])).rejects.toMatchObject(missing);
  expect(() => store.operations.readModels.rows(ACCOUNTS, ["1"])).toThrow(missing.message);
  const other: Table = { name: "accounts", columns: ACCOUNTS.columns.slice(0, 2) };
  await store.operations.readModels.createTable(other);
  await expect(store.operations.flush([upsert(["1", 12, null, null, null])])).rejects.toMatchObject({
    code: "INCORRECT_USAGE",
    message: 'Cannot use table "accounts": its columns are id text, balance integer',
  });
  await store.operations.flush([{ kind: "upsertRows", table: other, rows: [["1", 13]] }]);
  expect(await store.operations.readModels.rows(other, ["1"])).toEqual([["1", 13]]);
});
