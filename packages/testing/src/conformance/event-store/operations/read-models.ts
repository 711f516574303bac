import { deepEqual, equal, rejects } from "node:assert/strict";

import type { LoadRequest, Row, Table } from "@tidemark/core/adapter";

import { testRunner } from "../../test-runner";
import { IDENTIFIERS } from "../identifiers";
import { fill, range, ref, snapshotNote } from "../sample-events";
import type { StoreUnderTest } from "../store-under-test";
import { ACCOUNTS, flush, operationsOf, remove, rowsOf, sortedRows, upsert } from "./sample-operations";

const EVERY_TYPE: Table = {
  name: "every_type",
  columns: [
    { name: "id", type: "text" },
    { name: "order", type: "text" },
    { name: "whole", type: "integer" },
    { name: "ratio", type: "number" },
    { name: "price", type: "decimal" },
    { name: "is_open", type: "boolean" },
    { name: "opened_at", type: "time" },
    { name: "details", type: "json" },
  ],
  indexes: [{ columns: ["order"] }, { columns: ["whole", "is_open"] }, { columns: ["opened_at"] }],
};

/** By the name of the column: values that a careless mapping rounds, trims, reorders or takes for others. */
const VALUES: Readonly<Record<string, readonly Row[number][]>> = {
  order: [
    "",
    " ",
    "1.0",
    "NULL",
    "null",
    "{}",
    "a\"b'c\\d,e\nf",
    "\u0001\u007f",
    "e\u0301",
    "\u{1f600}",
    "x".repeat(100_000),
  ],
  whole: [0, -1, 2 ** 31, -(2 ** 31) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
  ratio: [0, -0, 0.1, 1 / 3, 5e-324, Number.EPSILON, Number.MAX_VALUE, -Number.MAX_VALUE, 1e21, 2 ** 53],
  price: ["0", "0.00", "1.50", "-0.001", "100", `${"9".repeat(60)}.${"1".repeat(60)}`],
  is_open: [true, false],
  opened_at: [0, -1, 1_700_000_000_123, -62_135_596_800_000, 253_402_300_799_999, 8_640_000_000_000_000],
  details: ["{}", "[]", "null", '"text"', "-0", '{"b":1.0,"a":{"b":[1e2,null],"\u{1f600}":"\\n"},"a":2}'],
};

const NAMES_NO_TABLE_CAN_HAVE = [
  "",
  "Accounts",
  "1account",
  "a-b",
  'a"b',
  "a b",
  "a.b",
  "accounts;",
  "\u00e9",
  "x".repeat(64),
];

export function readModels(at: StoreUnderTest): void {
  const { it } = testRunner();

  const create = async (table: Table): Promise<void> => operationsOf(at).readModels.createTable(table);
  const drop = async (name: string): Promise<void> => operationsOf(at).readModels.dropTable(name);
  const read = async (table: Table, ...keys: readonly string[]): Promise<Row[]> =>
    sortedRows(await operationsOf(at).readModels.rows(table, keys));

  it("gives every value of every type back exactly, and nothing where nothing was stored", async () => {
    await create(EVERY_TYPE);
    const rows = EVERY_TYPE.columns.slice(1).flatMap(({ name }, column) =>
      VALUES[name]!.map((value, n): Row => {
        const others = EVERY_TYPE.columns.slice(1).map((_, index) => (index === column ? value : null));
        return [`${name}-${String(n).padStart(2, "0")}`, ...others];
      }),
    );
    const full: Row = ["z", "text", 1, 0.5, "1.10", true, 7, "{}"];
    await flush(at, { kind: "upsertRows", table: EVERY_TYPE, rows: [...rows, full] });
    const keys = [...rows, full].map(([key]) => String(key));
    deepEqual(await read(EVERY_TYPE, ...keys), sortedRows([...rows, full]));
  });

  it("replaces the whole row with the same key and leaves the others", async () => {
    await create(EVERY_TYPE);
    const row = (id: string, value: string | null): Row => [id, value, null, null, null, value === null, null, null];
    await flush(at, { kind: "upsertRows", table: EVERY_TYPE, rows: [row("1", "a"), row("2", "b"), row("3", "c")] });
    await flush(at, { kind: "upsertRows", table: EVERY_TYPE, rows: [row("2", null), row("4", "d")] });
    deepEqual(await read(EVERY_TYPE, "1", "2", "3", "4"), [
      row("1", "a"),
      row("2", null),
      row("3", "c"),
      row("4", "d"),
    ]);
  });

  it("finds each row by its very key, once, in whatever number they are asked for", async () => {
    await create(ACCOUNTS);
    const rows = IDENTIFIERS.map((id, n): Row => [id, n]);
    await flush(at, upsert(...rows));
    for (const row of rows) deepEqual(await rowsOf(at, String(row[0])), [row]);
    deepEqual(await rowsOf(at, ...IDENTIFIERS, "nobody", ...IDENTIFIERS), sortedRows(rows));
    deepEqual(await rowsOf(at), []);
    deepEqual(await rowsOf(at, "nobody", "x"), []);
  });

  it("deletes the rows named, as far as they are there", async () => {
    await create(ACCOUNTS);
    await flush(at, upsert(["a", 1], ["A", 2], ["b", 3]));
    await flush(at, remove("a", "nobody", "a "));
    deepEqual(await rowsOf(at, "a", "A", "b"), [
      ["A", 2],
      ["b", 3],
    ]);
  });

  it("stores and deletes 10,000 rows in one flush", async () => {
    await create(ACCOUNTS);
    const keys = range(10_000).map((n) => `account-${String(n).padStart(5, "0")}`);
    await flush(at, upsert(...keys.map((key, n): Row => [key, n])));
    deepEqual(
      (await rowsOf(at, ...keys)).map(([key, balance]) => [key, balance]),
      keys.map((key, n) => [key, n]),
    );
    await flush(at, remove(...keys.slice(1)));
    deepEqual(await rowsOf(at, ...keys), [[keys[0]!, 0]]);
  });

  it("keeps a table of nothing but keys", async () => {
    const table: Table = { name: "keys", columns: [{ name: "id", type: "text" }] };
    await create(table);
    for (const rows of [
      [["a"], ["b"]],
      [["b"], ["c"]],
    ])
      await flush(at, { kind: "upsertRows", table, rows });
    deepEqual(await read(table, "a", "b", "c", "d"), [["a"], ["b"], ["c"]]);
  });

  it("creates a table once, however many create it at once, and leaves the rows of one that is there", async () => {
    await Promise.all(range(8).map(() => create(EVERY_TYPE)));
    await create(ACCOUNTS);
    await flush(at, upsert(["1", 10]));
    await create({ ...ACCOUNTS, columns: ACCOUNTS.columns.map((column) => ({ ...column })) });
    deepEqual(await rowsOf(at, "1"), [["1", 10]]);
  });

  it("refuses a table whose name has other columns, and leaves its rows", async () => {
    await create(ACCOUNTS);
    await flush(at, upsert(["1", 10]));
    const [id, balance] = ACCOUNTS.columns as [Table["columns"][0], Table["columns"][0]];
    const others: readonly Table["columns"][] = [
      [id],
      [id, { ...balance, name: "sum" }],
      [id, { ...balance, type: "text" }],
      [id, balance, { name: "more", type: "text" }],
    ];
    for (const columns of others) {
      await rejects(create({ ...ACCOUNTS, columns }), { code: "INVALID_CONFIGURATION" }, JSON.stringify(columns));
    }
    deepEqual(await rowsOf(at, "1"), [["1", 10]]);
  });

  it("refuses names that are no names, or the store's own, and loses nothing", async () => {
    await at.store.append([{ stream: "account-1", events: [{ type: "A", data: {} }] }]);
    const own = ["events", "snapshots", "checkpoints", "timers", "command_queue", "states"];
    for (const name of [...NAMES_NO_TABLE_CAN_HAVE, ...own]) {
      await rejects(create({ ...ACCOUNTS, name }), { code: "INVALID_CONFIGURATION" }, `table ${name}`);
      await rejects(drop(name), { code: "INVALID_CONFIGURATION" }, `table ${name}`);
    }
    for (const name of NAMES_NO_TABLE_CAN_HAVE) {
      const columns = [...ACCOUNTS.columns, { name, type: "text" }] as const;
      await rejects(create({ ...ACCOUNTS, columns }), { code: "INVALID_CONFIGURATION" }, `column ${name}`);
    }
    await rejects(create({ ...ACCOUNTS, indexes: [{ columns: ["sum"] }] }), { code: "INVALID_CONFIGURATION" });
    await rejects(rowsOf(at, "1"), { code: "INCORRECT_USAGE" });
    equal((await at.store.readLast("account-1"))?.position, 0);
  });

  it("takes the longest names there are, and words that SQL has a use for", async () => {
    const columns = ["x".repeat(63), "select", "table", "_"].map((name) => ({ name, type: "text" }) as const);
    for (const name of ["y".repeat(63), "order", "group", "_"]) {
      const table: Table = { name, columns, indexes: [{ columns: ["select", "table", "_"] }] };
      await create(table);
      await flush(at, { kind: "upsertRows", table, rows: [["1", "a", null, name]] });
      deepEqual(await read(table, "1"), [["1", "a", null, name]]);
    }
  });

  it("drops a table with its rows, which leaves its name to another one", async () => {
    await create(ACCOUNTS);
    await flush(at, upsert(["1", 10]));
    await drop(ACCOUNTS.name);
    await drop(ACCOUNTS.name);
    await rejects(rowsOf(at, "1"), { code: "INCORRECT_USAGE" });
    await create(ACCOUNTS);
    deepEqual(await rowsOf(at, "1"), []);
    await drop(ACCOUNTS.name);
    const other: Table = { name: ACCOUNTS.name, columns: [{ name: "key", type: "text" }] };
    await create(other);
    await flush(at, { kind: "upsertRows", table: other, rows: [["2"]] });
    deepEqual(await read(other, "1", "2"), [["2"]]);
  });

  it("refuses rows of a table that was not created, and applies nothing that comes with them", async () => {
    const nobody: Table = { ...ACCOUNTS, name: "nobody" };
    await create(ACCOUNTS);
    await rejects(read(nobody, "1"), { code: "INCORRECT_USAGE" });
    for (const operation of [
      { kind: "upsertRows", table: nobody, rows: [["1", 1]] },
      { kind: "deleteRows", table: nobody, keys: ["1"] },
    ] as const) {
      await rejects(flush(at, upsert(["1", 10]), operation, upsert(["2", 20])), { code: "INCORRECT_USAGE" });
    }
    deepEqual(await rowsOf(at, "1", "2"), []);
  });

  it("keeps its rows when anyone changes those that were given, or that were read", async () => {
    await create(ACCOUNTS);
    const row: (string | number)[] = ["1", 10];
    await flush(at, upsert(row));
    row[1] = 99;
    for (const each of await operationsOf(at).readModels.rows(ACCOUNTS, ["1"])) Reflect.set(each, 1, 98);
    deepEqual(await rowsOf(at, "1"), [["1", 10]]);
  });

  it("come with a load that asks for them, beside its events and its snapshot", async () => {
    await create(ACCOUNTS);
    await create(EVERY_TYPE);
    await flush(at, upsert(["1", 10], ["2", 20]));
    const kinds = [{ schemaVersion: 1 }];
    const rows = [
      { table: ACCOUNTS, keys: ["2", "nobody", "1"] },
      { table: EVERY_TYPE, keys: ["1"] },
      { table: ACCOUNTS, keys: [] },
    ];
    const load = async (more: Partial<LoadRequest>) => at.adapter.load({ ...ref("account-1"), limit: 10, ...more });
    const found = async (more: Partial<LoadRequest> = {}) => {
      const { page, snapshot, rows: read } = await load({ rows, ...more });
      return [page.events.length / 2, snapshot?.version, read?.map(sortedRows)];
    };
    const expected = [
      [
        ["1", 10],
        ["2", 20],
      ],
      [],
      [],
    ];
    deepEqual(await found(), [0, undefined, expected]);
    await fill(at.adapter, "account-1", 5);
    await at.adapter.snapshots.write([{ snapshot: snapshotNote("account:snapshot-1", 2), keep: 1 }]);
    deepEqual(await found(), [5, undefined, expected]);
    deepEqual(await found({ snapshots: { ...ref("account:snapshot-1"), kinds } }), [2, 2, expected]);
    deepEqual(await found({ maxTime: 1 }), [2, undefined, expected]);
    deepEqual(await found({ maxTime: 3, snapshots: { ...ref("account:snapshot-1"), kinds } }), [1, 2, expected]);
    deepEqual((await load({ rows: [] })).rows, []);
    deepEqual((await load({})).rows, undefined);
    const nobody = { ...ACCOUNTS, name: "nobody" };
    await rejects(load({ rows: [{ table: nobody, keys: ["1"] }] }), { code: "INCORRECT_USAGE" });
  });
}
