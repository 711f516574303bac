import { deepEqual, equal, ok, rejects } from "node:assert/strict";

import type { Operation, ReadModelStore, Row, Table, TableSwitch, View } from "@tidemark/core/adapter";

import { testRunner } from "../../test-runner";
import { range, request, storedNote } from "../sample-events";
import type { StoreUnderTest } from "../store-under-test";
import { checkpoints, flush, lay, move, operationsOf, sortedRows } from "./sample-operations";

const MEMBERS: Table = {
  name: "members",
  columns: [
    { name: "id", type: "text" },
    { name: "email", type: "text" },
    { name: "age", type: "integer" },
    { name: "fee", type: "decimal" },
    { name: "is_active", type: "boolean" },
  ],
  indexes: [{ columns: ["email"], isUnique: true }, { columns: ["age"] }, { columns: ["fee", "age"] }],
};
const REBUILT: Table = { ...MEMBERS, name: "members_rebuilt" };
const KEPT: Table = { ...MEMBERS, name: "members_kept" };
const VIEW: View = { name: "current_members", table: MEMBERS, columns: ["id", "age"] };

const OLD: readonly Row[] = [
  ["1", "ann@x", 30, "1.50", true],
  ["2", "bob@x", 40, null, false],
];
const NEW: readonly Row[] = [
  ["1", "ann@x", 31, "10", true],
  ["3", "cid@x", 20, "9.99", null],
];

export function tableSwitches(at: StoreUnderTest): void {
  const { it } = testRunner();

  const models = (): ReadModelStore => operationsOf(at).readModels;
  const create = async (table: Table): Promise<void> => models().createTable(table);
  const createView = async (view: View): Promise<void> => models().createView(view);
  const has = async (table: Table): Promise<boolean> => models().has(table.name);
  const upsert = (table: Table, rows: readonly Row[]): Operation => ({ kind: "upsertRows", table, rows });
  const rowsOf = async (table: Table): Promise<Row[]> =>
    sortedRows(await models().query({ table, where: [], orderBy: [{ column: "id", direction: "asc" }] }));
  const switchTable = async (more: Partial<TableSwitch> = {}): Promise<void> =>
    models().switchTable({
      table: MEMBERS,
      by: REBUILT.name,
      kept: KEPT.name,
      lockTimeoutMs: 10_000,
      also: [],
      ...more,
    });
  /** Makes the table with the old rows, and the one that is to take its place with the new ones. */
  const prepare = async (): Promise<void> => {
    await create(MEMBERS);
    await create(REBUILT);
    await flush(at, upsert(MEMBERS, OLD), upsert(REBUILT, NEW));
  };
  const nothingChanged = async (): Promise<void> => {
    deepEqual(await rowsOf(MEMBERS), OLD);
    deepEqual(await rowsOf(REBUILT), NEW);
    equal(await has(KEPT), false);
  };

  it("puts the rows of a table in the place of those of another one, which it keeps under another name", async () => {
    await prepare();
    await switchTable();
    deepEqual(await rowsOf(MEMBERS), NEW);
    deepEqual(await rowsOf(KEPT), OLD);
    equal(await has(REBUILT), false);
    await flush(at, upsert(MEMBERS, [["4", "dan@x", 50, "2", true]]));
    deepEqual(await rowsOf(MEMBERS), [...NEW, ["4", "dan@x", 50, "2", true]]);
    deepEqual(await rowsOf(KEPT), OLD);
    await rejects(flush(at, upsert(REBUILT, NEW)), { code: "INCORRECT_USAGE" });
  });

  it("orders, finds and counts the rows that took the place as those before", async () => {
    await prepare();
    await switchTable();
    const orderBy = ["fee", "id"].map((column) => ({ column, direction: "asc" }) as const);
    deepEqual(
      Array.from(await models().query({ table: MEMBERS, where: [], orderBy }), ([id]) => id),
      ["3", "1"],
    );
    const older = { table: MEMBERS, where: [{ column: "age", operator: ">", value: 25 }] } as const;
    equal(await models().count(older), 1);
    deepEqual(
      Array.from(await models().rows(MEMBERS, ["3"]), (row) => [...row]),
      [NEW[1]],
    );
  });

  it("shows the rows that took the place in the view as well", async () => {
    await prepare();
    await createView(VIEW);
    await switchTable({ view: VIEW });
    equal(await models().viewedTable(VIEW.name), MEMBERS.name);
    if (!operationsOf(at).runsStatements) return;
    const shown: Table = { name: "shown", columns: [MEMBERS.columns[0]!, MEMBERS.columns[2]!] };
    await create(shown);
    const copy = `INSERT INTO ${at.tableInSql("shown")} (id, age) SELECT id, age FROM ${at.tableInSql(VIEW.name)}`;
    await flush(at, { kind: "runStatement", texts: [copy], values: [] });
    deepEqual(await rowsOf(shown), [
      ["1", 31],
      ["3", 20],
    ]);
  });

  it("makes a view that was not there, and leaves one alone that shows another table", async () => {
    await prepare();
    const others: Table = { name: "others", columns: MEMBERS.columns };
    await create(others);
    await createView({ name: "shown_others", table: others, columns: ["id"] });
    await switchTable({ view: VIEW });
    equal(await models().viewedTable(VIEW.name), MEMBERS.name);
    equal(await models().viewedTable("shown_others"), "others");
  });

  it("drops the kept table and its views on the next switch, again and again", async () => {
    await prepare();
    await switchTable();
    await createView({ name: "former_members", table: KEPT, columns: ["id"] });
    for (const round of range(3)) {
      const before = await rowsOf(MEMBERS);
      const rows: Row[] = [["1", `${round}@x`, round, null, null]];
      await create(REBUILT);
      await flush(at, upsert(REBUILT, rows));
      await switchTable();
      deepEqual(await rowsOf(MEMBERS), rows);
      deepEqual(await rowsOf(KEPT), before);
    }
    equal(await models().has("former_members"), false);
    await models().dropTable(KEPT.name);
    deepEqual(await rowsOf(MEMBERS), [["1", "2@x", 2, null, null]]);
  });

  it("keeps unique what was unique, in every table, under the names that the tables have now", async () => {
    await prepare();
    const twice = (table: Table) => flush(at, upsert(table, [["9", "ann@x", null, null, null]]));
    const violation = (table: Table) => ({
      code: "UNIQUE_VIOLATION",
      details: { table: table.name, columns: ["email"] },
    });
    for (const _ of range(3)) {
      await switchTable();
      for (const table of [MEMBERS, KEPT]) await create(table);
      await create(REBUILT);
      await flush(at, upsert(REBUILT, NEW));
      for (const table of [MEMBERS, KEPT, REBUILT]) await rejects(twice(table), violation(table));
    }
    const swapped: readonly Row[] = [
      ["1", "cid@x", 1, null, null],
      ["3", "ann@x", 2, null, null],
    ];
    await flush(at, upsert(MEMBERS, swapped));
    deepEqual(await rowsOf(MEMBERS), swapped);
  });

  it("makes an index afterwards that neither table had before, and one that the table alone lacks", async () => {
    await create(MEMBERS);
    await create({ ...REBUILT, indexes: [] });
    await flush(at, upsert(MEMBERS, OLD), upsert({ ...REBUILT, indexes: [] }, NEW));
    await switchTable();
    await create(MEMBERS);
    await rejects(flush(at, upsert(MEMBERS, [["9", "ann@x", null, null, null]])), { code: "UNIQUE_VIOLATION" });
    const named: Table = { ...MEMBERS, indexes: [...MEMBERS.indexes!, { columns: ["age"], isUnique: true }] };
    await create(named);
    await rejects(flush(at, upsert(named, [["9", null, 31, null, null]])), {
      code: "UNIQUE_VIOLATION",
      details: { table: "members", columns: ["age"] },
    });
    deepEqual(await rowsOf(MEMBERS), NEW);
  });

  it("applies operations together with it, those on rows to the table that took the place", async () => {
    await prepare();
    await lay(at, 4);
    await switchTable({
      also: [
        upsert(MEMBERS, [["4", "dan@x", 50, null, null]]),
        { kind: "deleteRows", table: MEMBERS, keys: ["1", "2"] },
        move(4, 9),
      ],
    });
    deepEqual(await rowsOf(MEMBERS), [NEW[1], ["4", "dan@x", 50, null, null]]);
    deepEqual(await rowsOf(KEPT), OLD);
    deepEqual(
      (await checkpoints(at)).map(({ position }) => position),
      [9],
    );
  });

  it("changes nothing where an operation is refused", async () => {
    await prepare();
    await createView(VIEW);
    await lay(at, 4);
    const refused: Readonly<Record<string, readonly Operation[]>> = {
      OPERATION_CONFLICT: [upsert(MEMBERS, [["4", null, null, null, null]]), move(5, 9)],
      UNIQUE_VIOLATION: [move(4, 9), upsert(MEMBERS, [["4", "ann@x", null, null, null]])],
      INCORRECT_USAGE: [move(4, 9), upsert({ ...MEMBERS, name: "nobody" }, [["4", null, null, null, null]])],
    };
    for (const [code, also] of Object.entries(refused)) {
      await rejects(switchTable({ also, view: VIEW }), { code });
      await nothingChanged();
      equal(await models().viewedTable(VIEW.name), MEMBERS.name);
      deepEqual(
        (await checkpoints(at)).map(({ position }) => position),
        [4],
      );
    }
    await rejects(switchTable({ also: [move(4, 5), move(5, 6)] }), { code: "INCORRECT_USAGE" });
    await rejects(flush(at, upsert(MEMBERS, [["9", "ann@x", null, null, null]])), {
      code: "UNIQUE_VIOLATION",
      details: { table: "members", columns: ["email"] },
    });
    await nothingChanged();
    await switchTable({ also: [move(4, 9)], view: VIEW });
    deepEqual(await rowsOf(MEMBERS), NEW);
  });

  it("is refused where its categories have an event behind the position up to which the rows are right", async () => {
    await prepare();
    const append = async (stream: string): Promise<number> => {
      const [appended] = await at.adapter.log.append([request(stream, [storedNote(0)])]);
      return appended!.globalPosition;
    };
    const first = await append("member-1");
    const last = await append("member-2");
    await append("order-1");
    await rejects(switchTable({ upTo: { position: first, categories: ["member", "nobody"] } }), {
      name: "OperationConflictError",
      code: "OPERATION_CONFLICT",
    });
    await nothingChanged();
    await switchTable({ upTo: { position: last, categories: ["member", "nobody"] } });
    deepEqual(await rowsOf(MEMBERS), NEW);
  });

  it("is refused for tables that are not there as they are given, and for names that no tables can have", async () => {
    await prepare();
    const narrow = { ...MEMBERS, columns: MEMBERS.columns.slice(0, 3), indexes: [] };
    const refused: readonly (readonly [code: string, change: Partial<TableSwitch>])[] = [
      ["INCORRECT_USAGE", { by: "nobody" }],
      ["INCORRECT_USAGE", { table: { ...MEMBERS, name: "nobody" } }],
      ["INCORRECT_USAGE", { table: narrow }],
      ["INVALID_CONFIGURATION", { kept: "events" }],
      ["INVALID_CONFIGURATION", { by: 'a"b' }],
      ["INVALID_CONFIGURATION", { kept: MEMBERS.name }],
      ["INVALID_CONFIGURATION", { kept: REBUILT.name }],
      ["INVALID_CONFIGURATION", { by: MEMBERS.name }],
      ["INVALID_CONFIGURATION", { view: { ...VIEW, table: REBUILT } }],
      ["INVALID_CONFIGURATION", { view: { ...VIEW, name: REBUILT.name, table: MEMBERS, columns: ["none"] } }],
    ];
    for (const [code, change] of refused) {
      await rejects(switchTable(change), { code }, JSON.stringify(change));
      await nothingChanged();
    }
    const others: Table = { name: "others", columns: MEMBERS.columns };
    await create(others);
    await rejects(switchTable({ view: { ...VIEW, name: "others" } }), { code: "INVALID_CONFIGURATION" });
    await nothingChanged();
  });

  it("lets readers see the rows of the one table or of the other, and never neither", async () => {
    const both: readonly (readonly Row[])[] = [OLD, NEW];
    await prepare();
    const reading = at.conformance.abilities.sharedByProcesses ? await at.another() : at.adapter;
    const readers = [at.adapter, reading].map((adapter) => adapter.operations!.readModels);
    let isSwitching = true;
    const read = async (reader: ReadModelStore): Promise<number> => {
      let reads = 0;
      for (; isSwitching || reads === 0; reads++) {
        const rows = sortedRows(await reader.rows(MEMBERS, ["1", "2", "3"]));
        ok(
          both.some((expected) => JSON.stringify(rows) === JSON.stringify(expected)),
          JSON.stringify(rows),
        );
        await new Promise((resolve) => setImmediate(resolve));
      }
      return reads;
    };
    const reads = Promise.all(readers.map(read));
    try {
      for (const round of range(12)) {
        await switchTable();
        await create(REBUILT);
        await flush(at, upsert(REBUILT, both[round % 2]!));
      }
    } finally {
      isSwitching = false;
    }
    for (const count of await reads) ok(count > 0);
  });
}
