import { deepEqual, equal, rejects } from "node:assert/strict";

import type { ColumnValue, Operation, Row, RowCondition, Table } from "@tidemark/core/adapter";

import { testRunner } from "../../test-runner";
import type { StoreUnderTest } from "../store-under-test";
import { ACCOUNTS, flush, operationsOf, sortedRows, upsert } from "./sample-operations";

const [ID, BALANCE] = ACCOUNTS.columns as [Table["columns"][0], Table["columns"][0]];

/** `ACCOUNTS` with a column of each type behind its own. */
const EXTENDED: Table = {
  name: "accounts",
  columns: [
    ID,
    BALANCE,
    { name: "owner", type: "text" },
    { name: "logins", type: "integer" },
    { name: "score", type: "number" },
    { name: "limit", type: "decimal" },
    { name: "is_open", type: "boolean" },
    { name: "opened_at", type: "time" },
    { name: "notes", type: "json" },
  ],
  indexes: [{ columns: ["owner", "limit"] }],
};
const NULLS = [null, null, null, null, null, null, null];
const FULL: Row = ["3", 30, "ann", 7, -0.5, "1.50", true, 1_700_000_000_123, '{"a":[1.0]}'];

export function tableExtensions(at: StoreUnderTest): void {
  const { it } = testRunner();

  const models = () => operationsOf(at).readModels;
  const create = async (table: Table): Promise<void> => models().createTable(table);
  const extend = async (table: Table): Promise<void> => models().extendTable(table);
  const columnsOf = async (name: string) => (await models().columnsOf(name))?.map(({ name, type }) => ({ name, type }));
  const stored = async (table: Table): Promise<Row[]> =>
    sortedRows(await models().rows(table, ["1", "2", "3", "4", "5"]));
  const rowsInto = (table: Table, ...rows: readonly Row[]): Operation => ({ kind: "upsertRows", table, rows });
  const dropUnless = async (...where: readonly RowCondition[]): Promise<boolean> =>
    models().dropTableUnless({ table: ACCOUNTS, where });

  it("tell the columns of a table in their order, and of nothing else", async () => {
    equal(await columnsOf("accounts"), undefined);
    await create({ ...EXTENDED, name: "customers" });
    await create(ACCOUNTS);
    await models().createView({ name: "current_accounts", table: ACCOUNTS, columns: ["balance"] });
    deepEqual(await columnsOf("customers"), EXTENDED.columns);
    deepEqual(await columnsOf("accounts"), ACCOUNTS.columns);
    equal(await columnsOf("current_accounts"), undefined);
    await models().dropTable("accounts");
    equal(await columnsOf("accounts"), undefined);
  });

  it("add columns of every type behind those that are there, null in every row", async () => {
    await create(ACCOUNTS);
    await flush(at, upsert(["1", 10], ["2", 20]));
    await extend(EXTENDED);
    deepEqual(await columnsOf("accounts"), EXTENDED.columns);
    deepEqual(await stored(EXTENDED), [
      ["1", 10, ...NULLS],
      ["2", 20, ...NULLS],
    ]);
    await flush(at, rowsInto(EXTENDED, FULL, ["1", 11, "bob", 1, 1, "9", false, 0, "null"]));
    deepEqual(await stored(EXTENDED), [["1", 11, "bob", 1, 1, "9", false, 0, "null"], ["2", 20, ...NULLS], FULL]);
  });

  it("give rows that are there, and those that do not name the columns, their defaults", async () => {
    const part: Table = { ...ACCOUNTS, isPartial: true };
    const defaults: Readonly<Record<string, NonNullable<ColumnValue>>> = {
      owner: `it's "x" TEXT /* text */, \\ $1 ? ';`,
      logins: -7,
      score: 1e-7,
      limit: "1.50",
      is_open: false,
      opened_at: 1_700_000_000_123,
      notes: `{"a":["it's",1.0]}`,
    };
    const columns = EXTENDED.columns.map((column) => {
      const value = defaults[column.name];
      return value === undefined ? column : { ...column, default: value };
    });
    const extended: Table = { ...EXTENDED, columns };
    await create(part);
    await flush(at, rowsInto(part, ["1", 10], ["2", 20]));
    await extend(extended);
    deepEqual(await columnsOf("accounts"), EXTENDED.columns);
    await flush(at, rowsInto(part, ["1", 11], ["4", 40]), rowsInto({ ...EXTENDED, isPartial: true }, FULL));
    await flush(at, rowsInto(part, ["3", 31]));
    const values = Object.values(defaults);
    deepEqual(await stored(EXTENDED), [
      ["1", 11, ...values],
      ["2", 20, ...values],
      ["3", 31, ...FULL.slice(2)],
      ["4", 40, ...values],
    ]);
    const where = [{ column: "limit", operator: "=", value: "1.5" }] as const;
    equal(await models().count({ table: EXTENDED, where }), 4);
    const other: Table = { name: "other", columns, isPartial: true };
    await create(other);
    await flush(at, rowsInto({ name: "other", columns: ACCOUNTS.columns, isPartial: true }, ["1", 1]));
    deepEqual(await stored(other), [["1", 1, ...values]]);
  });

  it("leave a table that others create, query and view as any other one", async () => {
    await create(ACCOUNTS);
    await models().createView({ name: "current_accounts", table: ACCOUNTS, columns: ["id", "balance"] });
    await extend(EXTENDED);
    await create(EXTENDED);
    await flush(at, rowsInto(EXTENDED, FULL, ["4", 1, "ann", 0, 0, "11", false, 0, "{}"]));
    const query = {
      table: EXTENDED,
      where: [{ column: "limit", operator: ">", value: "1.5" }],
      orderBy: [{ column: "id", direction: "asc" }],
    } as const;
    deepEqual(
      (await models().query(query)).map(([id]) => id),
      ["4"],
    );
    equal(await models().viewedTable("current_accounts"), "accounts");
    await models().createView({ name: "current_accounts", table: EXTENDED, columns: ["id", "limit"] });
    await rejects(create(ACCOUNTS), { code: "INVALID_CONFIGURATION" });
    await rejects(stored(ACCOUNTS), { code: "INCORRECT_USAGE" });
  });

  it("add what is missing, and leave columns that the table has besides, in the order of the store", async () => {
    await create({ name: "accounts", columns: [ID, { name: "former", type: "text" }, BALANCE] });
    const owner = { name: "owner", type: "text" } as const;
    await extend({ name: "accounts", columns: [ID, owner, BALANCE] });
    const columns = [ID, { name: "former", type: "text" }, BALANCE, owner] as const;
    deepEqual(await columnsOf("accounts"), columns);
    const now: Table = { name: "accounts", columns };
    await flush(at, rowsInto(now, ["1", null, 10, "ann"]));
    deepEqual(await stored(now), [["1", null, 10, "ann"]]);
  });

  it("may be repeated, and made by several at once", async () => {
    await create(ACCOUNTS);
    await flush(at, upsert(["1", 10]));
    await Promise.all([extend(EXTENDED), extend(EXTENDED), extend(EXTENDED)]);
    await extend(EXTENDED);
    await extend(ACCOUNTS);
    deepEqual(await columnsOf("accounts"), EXTENDED.columns);
    deepEqual(await stored(EXTENDED), [["1", 10, ...NULLS]]);
  });

  it("are refused for a table that is not there, another key, and another type, and change nothing then", async () => {
    await rejects(extend(ACCOUNTS), { code: "INVALID_CONFIGURATION" });
    equal(await columnsOf("accounts"), undefined);
    await create(ACCOUNTS);
    await flush(at, upsert(["1", 10]));
    const owner = { name: "owner", type: "text" } as const;
    const refused: readonly Table[] = [
      { name: "accounts", columns: [{ name: "number", type: "text" }, BALANCE, owner] },
      { name: "accounts", columns: [owner, ID, BALANCE] },
      { name: "accounts", columns: [ID, owner, { name: "balance", type: "decimal" }] },
      { name: "accounts", columns: [ID, BALANCE, owner, { name: "Owner", type: "text" }] },
    ];
    for (const table of refused)
      await rejects(extend(table), { code: "INVALID_CONFIGURATION" }, JSON.stringify(table.columns));
    deepEqual(await columnsOf("accounts"), ACCOUNTS.columns);
    deepEqual(await stored(ACCOUNTS), [["1", 10]]);
  });

  it("add unique indexes, and change nothing where the rows do not fit one", async () => {
    await create(ACCOUNTS);
    await flush(at, upsert(["1", 10], ["2", 10]));
    const unique: Table = {
      ...EXTENDED,
      indexes: [
        { columns: ["owner"], isUnique: true },
        { columns: ["balance"], isUnique: true },
      ],
    };
    const ofBalance = { code: "UNIQUE_VIOLATION", details: { table: "accounts", columns: ["balance"] } };
    await rejects(extend(unique), ofBalance);
    deepEqual(await columnsOf("accounts"), ACCOUNTS.columns);
    await flush(at, upsert(["2", 20]));
    await extend(unique);
    const row = (id: string, balance: number, owner: string): Row => [id, balance, owner, ...NULLS.slice(1)];
    await flush(at, rowsInto(unique, row("1", 10, "ann")));
    await rejects(flush(at, rowsInto(unique, row("2", 20, "ann"))), { code: "UNIQUE_VIOLATION" });
    await rejects(flush(at, rowsInto(unique, row("3", 20, "bob"))), ofBalance);
    deepEqual(await stored(unique), [row("1", 10, "ann"), ["2", 20, ...NULLS]]);
  });

  it("drop a table unless it has rows of a kind", async () => {
    equal(await dropUnless(), true);
    await create(ACCOUNTS);
    await flush(at, upsert(["1", 10], ["2", -20]));
    equal(await dropUnless(), false);
    equal(await dropUnless({ column: "balance", operator: ">=", value: 10 }), false);
    deepEqual(await stored(ACCOUNTS), [
      ["1", 10],
      ["2", -20],
    ]);
    equal(await dropUnless({ column: "balance", operator: ">", value: 10 }), true);
    equal(await columnsOf("accounts"), undefined);
    await create(ACCOUNTS);
    equal(await dropUnless(), true);
    equal(await models().has("accounts"), false);
  });

  it("drop no table in which somebody stores such a row at the same time", async () => {
    const where: readonly RowCondition[] = [{ column: "balance", operator: ">=", value: 0 }];
    for (let round = 0; round < 10; round++) {
      await create(ACCOUNTS);
      const [isDropped, ...isStored] = await Promise.all([
        dropUnless(...where),
        ...["1", "2"].map((key) =>
          flush(at, upsert([key, round])).then(
            () => true,
            () => false,
          ),
        ),
      ]);
      equal(await models().has("accounts"), !isDropped);
      if (isDropped) deepEqual(isStored, [false, false]);
      else equal((await stored(ACCOUNTS)).length, isStored.filter((each) => each).length);
      await models().dropTable("accounts");
    }
  });
}
