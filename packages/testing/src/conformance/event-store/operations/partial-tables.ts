import { deepEqual, equal, rejects } from "node:assert/strict";

import type { Operation, Row, RowCondition, RowQuery, Table } from "@tidemark/core/adapter";

import { testRunner } from "../../test-runner";
import type { StoreUnderTest } from "../store-under-test";
import { flush, operationsOf, sortedRows } from "./sample-operations";

const WHOLE: Table = {
  name: "accounts",
  columns: [
    { name: "id", type: "text" },
    { name: "owner", type: "text" },
    { name: "limit", type: "decimal" },
    { name: "is_open", type: "boolean" },
    { name: "version", type: "integer" },
  ],
};
/** What another release knows of the table, in an order of its own. */
const PART: Table = {
  name: "accounts",
  columns: [
    { name: "id", type: "text" },
    { name: "version", type: "integer" },
    { name: "owner", type: "text" },
  ],
  isPartial: true,
};
const FULL: Row = ["1", "ann", "1.50", true, 7];

export function partialTables(at: StoreUnderTest): void {
  const { it } = testRunner();

  const models = () => operationsOf(at).readModels;
  const create = async (table: Table): Promise<void> => models().createTable(table);
  const rowsInto = (table: Table, ...rows: readonly Row[]): Operation => ({ kind: "upsertRows", table, rows });
  const stored = async (table: Table): Promise<Row[]> => sortedRows(await models().rows(table, ["1", "2", "3"]));

  it("have rows of the columns that they name, in their order", async () => {
    await create(WHOLE);
    await flush(at, rowsInto(WHOLE, FULL, ["2", null, null, null, 1]));
    deepEqual(await stored(PART), [
      ["1", 7, "ann"],
      ["2", 1, null],
    ]);
    deepEqual(await stored({ ...WHOLE, isPartial: true }), await stored(WHOLE));
  });

  it("leave the other columns of rows that are replaced, which are null in new ones", async () => {
    await create(WHOLE);
    await flush(at, rowsInto(WHOLE, FULL));
    await flush(at, rowsInto(PART, ["1", 8, "bob"], ["2", 0, "cat"]));
    deepEqual(await stored(WHOLE), [
      ["1", "bob", "1.50", true, 8],
      ["2", "cat", null, null, 0],
    ]);
    await flush(at, { kind: "deleteRows", table: PART, keys: ["1"] });
    deepEqual(await stored(WHOLE), [["2", "cat", null, null, 0]]);
  });

  it("are queried and counted by the columns that they name", async () => {
    await create(WHOLE);
    await flush(at, rowsInto(WHOLE, FULL, ["2", "bob", null, null, 3], ["3", "cat", null, null, 9]));
    const where: readonly RowCondition[] = [{ column: "version", operator: ">", value: 5 }];
    const orderBy = [
      { column: "owner", direction: "desc" },
      { column: "id", direction: "asc" },
    ] as const;
    const found = async (more: Partial<RowQuery> = {}): Promise<Row[]> =>
      Array.from(await models().query({ table: PART, where, orderBy, ...more }), (row) => [...row]);
    deepEqual(await found(), [
      ["3", 9, "cat"],
      ["1", 7, "ann"],
    ]);
    deepEqual(await found({ after: ["cat", "3"], limit: 5 }), [["1", 7, "ann"]]);
    equal(await models().count({ table: PART, where }), 2);
    const ofLimit: readonly RowCondition[] = [{ column: "limit", operator: "=", value: "1.5" }];
    await rejects(async () => models().count({ table: PART, where: ofLimit }), { code: "INCORRECT_USAGE" });
  });

  it("guard rows by a column wherever it stands", async () => {
    await create(WHOLE);
    await flush(at, rowsInto(WHOLE, FULL));
    const guarded = (table: Table, row: Row, expected: number | null): Operation => {
      return { kind: "upsertRows", table, rows: [row], guard: { column: "version", expected: [expected] } };
    };
    await rejects(flush(at, guarded(PART, ["1", 9, "bob"], 6)), { code: "OPERATION_CONFLICT" });
    await rejects(flush(at, guarded(PART, ["1", 9, "bob"], null)), { code: "OPERATION_CONFLICT" });
    await flush(at, guarded(PART, ["1", 8, "bob"], 7), guarded(PART, ["2", 0, "cat"], null));
    await flush(at, guarded(WHOLE, ["1", "bob", "2", false, 9], 8));
    deepEqual(await stored(WHOLE), [
      ["1", "bob", "2", false, 9],
      ["2", "cat", null, null, 0],
    ]);
  });

  it("go on while the table is extended, after a refusal too", async () => {
    const before: Table = { ...WHOLE, columns: WHOLE.columns.filter(({ name }) => name !== "limit"), isPartial: true };
    const after: Table = { ...WHOLE, isPartial: true };
    await create(before);
    const save = (table: Table, row: Row, expected: number | null): Operation => {
      return { kind: "upsertRows", table, rows: [row], guard: { column: "version", expected: [expected] } };
    };
    await flush(at, save(before, ["1", "ann", true, 0], null));
    await models().extendTable(after);
    await rejects(flush(at, save(before, ["1", "ann", true, 9], 8)), { code: "OPERATION_CONFLICT" });
    await flush(at, save(before, ["1", "ann", false, 1], 0));
    await flush(at, save(after, ["1", "ann", "1.50", true, 2], 1));
    await flush(at, save(before, ["1", "bob", true, 3], 2));
    deepEqual(await stored(after), [["1", "bob", "1.50", true, 3]]);
    deepEqual(await stored(before), [["1", "bob", true, 3]]);
  });

  it("are created where there is no such table, and get the indexes that it lacks", async () => {
    await create(PART);
    deepEqual(
      (await models().columnsOf("accounts"))?.map(({ name }) => name),
      ["id", "version", "owner"],
    );
    await models().extendTable(WHOLE);
    await create({ ...PART, indexes: [{ columns: ["owner"], isUnique: true }] });
    await flush(at, rowsInto(PART, ["1", 1, "ann"]));
    await rejects(flush(at, rowsInto(PART, ["2", 1, "ann"])), { code: "UNIQUE_VIOLATION" });
  });

  it("have a view of the columns that they name", async () => {
    await create(WHOLE);
    await models().createView({ name: "current_accounts", table: PART, columns: ["owner"] });
    equal(await models().viewedTable("current_accounts"), "accounts");
  });

  it("are refused where the table lacks a column, or has one of another type", async () => {
    await create(WHOLE);
    await flush(at, rowsInto(WHOLE, FULL));
    const [id, version, owner] = PART.columns as [Table["columns"][0], Table["columns"][0], Table["columns"][0]];
    for (const columns of [
      [id, version, owner, { name: "sum", type: "integer" }],
      [id, { ...version, type: "number" }, owner],
    ] as const) {
      const table: Table = { ...PART, columns };
      await rejects(create(table), { code: "INVALID_CONFIGURATION" });
      await rejects(stored(table), { code: "INCORRECT_USAGE" });
      await rejects(flush(at, rowsInto(table, ["1", 9, "bob", 5].slice(0, columns.length))), {
        code: "INCORRECT_USAGE",
      });
    }
    await rejects(stored({ ...PART, isPartial: false }), { code: "INCORRECT_USAGE" });
    deepEqual(await stored(WHOLE), [FULL]);
  });

  it("come with a load that asks for them", async () => {
    await create(WHOLE);
    await flush(at, rowsInto(WHOLE, FULL));
    const request = { stream: "account-1", category: "account", after: -1, limit: 10 };
    const { rows } = await at.adapter.load({ ...request, rows: [{ table: PART, keys: ["1"] }] });
    deepEqual(rows?.map(sortedRows), [[["1", 7, "ann"]]]);
  });
}
