import { ConfigurationError } from "@tidemark/core";
import type { Row, Table } from "@tidemark/core/adapter";
import { PostgresEventStore } from "@tidemark/postgres";

import { events, request } from "./appended-events";
import { FreshDatabase } from "./server/fresh-database";

let database: FreshDatabase;
let store: PostgresEventStore;

beforeAll(async () => {
  database = await FreshDatabase.create();
  store = new PostgresEventStore({ url: database.url });
});
afterAll(async () => {
  await store?.close();
  await database?.drop();
});

const models = () => store.operations.readModels;
const columnsOf = (table: string) =>
  database.query(
    `SELECT column_name AS name, data_type AS type, is_nullable AS nullable FROM information_schema.columns
     WHERE table_schema = 'tidemark' AND table_name = $1 ORDER BY ordinal_position`,
    [table],
  );

const EVERYTHING: Table = {
  name: "everything",
  columns: [
    { name: "id", type: "text" },
    { name: "order", type: "text" },
    { name: "count", type: "integer" },
    { name: "ratio", type: "number" },
    { name: "price", type: "decimal" },
    { name: "is_open", type: "boolean" },
    { name: "opened_at", type: "time" },
    { name: "details", type: "json" },
  ],
  indexes: [{ columns: ["order", "count"] }, { columns: ["opened_at"] }],
};

describe("a table", () => {
  it("has columns of the types that other tools expect, and its indexes", async () => {
    await models().createTable(EVERYTHING);
    expect(await columnsOf("everything")).toEqual([
      { name: "id", type: "text", nullable: "NO" },
      { name: "order", type: "text", nullable: "YES" },
      { name: "count", type: "bigint", nullable: "YES" },
      { name: "ratio", type: "double precision", nullable: "YES" },
      { name: "price", type: "numeric", nullable: "YES" },
      { name: "is_open", type: "boolean", nullable: "YES" },
      { name: "opened_at", type: "timestamp with time zone", nullable: "YES" },
      { name: "details", type: "json", nullable: "YES" },
    ]);
    const indexes = await database.query(
      "SELECT indexdef FROM pg_indexes WHERE schemaname = 'tidemark' AND tablename = 'everything'",
    );
    expect(indexes.map(({ indexdef }) => indexdef.replace(/^.* USING /, "")).sort()).toEqual([
      'btree ("order" NULLS FIRST, count NULLS FIRST, id)',
      "btree (id)",
      "btree (opened_at NULLS FIRST, id)",
    ]);
  });

  it("gives every value back as it was stored", async () => {
    await models().createTable(EVERYTHING);
    const json = '{"b": 1.10,"a":[1e400,-0, "\\u0000\\ud800"],"a":null}';
    const rows: Row[] = [
      ["plain", "x", 1, 0.5, "1.50", true, 1_700_000_000_123, '{"a":1}'],
      ["null", null, null, null, null, null, null, null],
      [
        "extreme",
        `'"\\\n\u{1f600}{,}NULL`,
        Number.MAX_SAFE_INTEGER,
        -0,
        `${"9".repeat(100)}.${"1".repeat(99)}0`,
        false,
        8.64e15,
        json,
      ],
      ["small", "", Number.MIN_SAFE_INTEGER, Number.MIN_VALUE, "-0.00", false, -1, "[]"],
      ["NULL", "NULL", 0, 0.1 + 0.2, "0", true, 0, "null"],
      ["past", "é", -1, 1.7976931348623157e308, "-12", null, Date.UTC(-4000, 0, 1, 1, 2, 3, 4), '"x"'],
      ["{}", "\t", 2 ** 31, 5e-324, "100", null, Date.UTC(9999, 11, 31, 23, 59, 59, 999), "0"],
    ];
    await store.operations.flush([{ kind: "upsertRows", table: EVERYTHING, rows }]);
    const read = await models().rows(
      EVERYTHING,
      rows.map(([key]) => String(key)),
    );
    const byKey = new Map(read.map((row) => [row[0], row]));
    for (const row of rows) {
      const expected = row[4] === "-0.00" ? row.with(4, "0.00") : row;
      expect(byKey.get(row[0]!)).toStrictEqual(expected);
    }
    expect(read).toHaveLength(rows.length);
    expect(Object.is(byKey.get("extreme")![3], -0)).toBe(true);
    expect(await database.query("SELECT details->>'a' AS a FROM tidemark.everything WHERE id = 'plain'")).toEqual([
      { a: "1" },
    ]);
  });

  it("of a key alone stores and deletes its rows", async () => {
    const table: Table = { name: "seen", columns: [{ name: "id", type: "text" }] };
    await models().createTable(table);
    await store.operations.flush([{ kind: "upsertRows", table, rows: [["1"], ["2"]] }]);
    await store.operations.flush([{ kind: "upsertRows", table, rows: [["1"]] }]);
    await store.operations.flush([{ kind: "deleteRows", table, keys: ["2"] }]);
    expect(await models().rows(table, ["1", "2"])).toEqual([["1"]]);
  });

  it("is created once, whoever else creates it at the same time", async () => {
    const table = { ...EVERYTHING, name: "raced" };
    const other = new PostgresEventStore({ url: database.url });
    await Promise.all([models(), other.operations.readModels, models()].map(async (each) => each.createTable(table)));
    await models().createTable(table);
    expect(await columnsOf("raced")).toHaveLength(EVERYTHING.columns.length);
    const indexes = await database.query("SELECT FROM pg_indexes WHERE tablename = 'raced'");
    expect(indexes).toHaveLength(3);
    await other.close();
  });

  it("is refused where one of that name has other columns, and stays as it is", async () => {
    const table: Table = {
      name: "changed",
      columns: [
        { name: "id", type: "text" },
        { name: "n", type: "integer" },
      ],
    };
    await models().createTable(table);
    const before = await columnsOf("changed");
    const [id, n] = table.columns;
    for (const columns of [
      [id!],
      [id!, { ...n!, type: "number" }],
      [id!, { ...n!, name: "m" }],
      [id!, n!, { ...n!, name: "o" }],
    ] as const)
      await expect(models().createTable({ name: "changed", columns })).rejects.toThrow(ConfigurationError);
    expect(await columnsOf("changed")).toEqual(before);
  });

  it.each([
    "events",
    "checkpoints",
    "global_positions",
    "events_pkey",
    'x"; DROP TABLE events',
    "Accounts",
    "",
    "a".repeat(64),
  ])("is refused under the name %j", async (name) => {
    const before = await columnsOf("events");
    await expect(models().createTable({ ...EVERYTHING, name })).rejects.toThrow(ConfigurationError);
    expect(await columnsOf("events")).toEqual(before);
  });

  it.each(["events", "listeners", "Accounts"])("is not dropped under the name %j", async (name) => {
    await expect(models().dropTable(name)).rejects.toThrow(ConfigurationError);
    expect(await columnsOf("events")).not.toEqual([]);
    expect(await columnsOf("listeners")).not.toEqual([]);
  });

  it("is refused with a column or an index that cannot be one", async () => {
    const columns = [{ name: "id", type: "text" }] as const;
    const unfit = [...columns, { name: 'n" text); DROP', type: "text" }] as const;
    await expect(models().createTable({ name: "unfit", columns: unfit })).rejects.toThrow(ConfigurationError);
    await expect(models().createTable({ name: "unfit", columns, indexes: [{ columns: ["n"] }] })).rejects.toThrow(
      ConfigurationError,
    );
    expect(await columnsOf("unfit")).toEqual([]);
  });

  it("that was dropped and made anew meanwhile, by another process, is used on", async () => {
    const table: Table = { name: "renewed", columns: [{ name: "id", type: "text" }] };
    const upsert = (id: string) => ({ kind: "upsertRows", table, rows: [[id]] }) as const;
    await models().createTable(table);
    await store.operations.flush([upsert("1")]);
    await database.query("DROP TABLE tidemark.renewed");
    await database.query('CREATE TABLE tidemark.renewed (id text COLLATE "C" PRIMARY KEY)');
    expect(await models().rows(table, ["1"])).toEqual([]);
    await store.log.append([request("b-1", events(1))], { also: [upsert("2")] });
    await store.operations.flush([upsert("3")]);
    expect((await models().rows(table, ["1", "2", "3"])).map(([id]) => id).sort()).toEqual(["2", "3"]);
  });

  it("is dropped with its rows, and made anew with other columns", async () => {
    const table: Table = {
      name: "remade",
      columns: [
        { name: "id", type: "text" },
        { name: "n", type: "integer" },
      ],
    };
    await models().createTable(table);
    await store.operations.flush([{ kind: "upsertRows", table, rows: [["1", 1]] }]);
    await models().dropTable("remade");
    await models().dropTable("remade");
    const missing = { code: "INCORRECT_USAGE", message: 'Cannot use table "remade": there is none; create it first' };
    await expect(models().rows(table, ["1"])).rejects.toMatchObject(missing);
    const upsert = { kind: "upsertRows", table, rows: [["1", 1]] } as const;
    await expect((async () => store.operations.flush([upsert]))()).rejects.toMatchObject(missing);
    await expect(store.log.append([request("a-1", events(1))], { also: [upsert] })).rejects.toMatchObject(missing);
    const other: Table = {
      name: "remade",
      columns: [
        { name: "id", type: "text" },
        { name: "n", type: "json" },
      ],
    };
    await models().createTable(other);
    const changed = { code: "INCORRECT_USAGE", message: 'Cannot use table "remade": its columns are id text, n json' };
    await expect(models().rows(table, ["1"])).rejects.toMatchObject(changed);
    await expect((async () => store.operations.flush([upsert]))()).rejects.toMatchObject(changed);
    const narrower: Table = { name: "remade", columns: [{ name: "id", type: "text" }] };
    await expect(models().rows(narrower, ["1"])).rejects.toMatchObject(changed);
    const deletion = { kind: "deleteRows", table: narrower, keys: ["1"] } as const;
    await expect((async () => store.operations.flush([deletion]))()).rejects.toMatchObject(changed);
    await expect(store.log.append([request("a-1", events(1))], { also: [deletion] })).rejects.toMatchObject(changed);
    expect(await store.log.version({ stream: "a-1", category: "a" })).toBe(-1);
    await store.operations.flush([{ kind: "upsertRows", table: other, rows: [["1", "{}"]] }]);
    expect(await models().rows(other, ["1", "2"])).toEqual([["1", "{}"]]);
  });
});

describe("rows", () => {
  const table: Table = {
    name: "seats",
    columns: [
      { name: "id", type: "text" },
      { name: "number", type: "integer" },
    ],
    indexes: [{ columns: ["number"], isUnique: true }],
  };

  it("that no column can hold are refused for good, with the events that bring them", async () => {
    await models().createTable(table);
    const also = [{ kind: "upsertRows", table, rows: [["a\0b", 1]] }] as const;
    const refused = { code: "INCORRECT_USAGE", message: expect.stringContaining("invalid byte sequence") };
    await expect(store.operations.flush(also)).rejects.toMatchObject(refused);
    await expect(store.log.append([request("f-1", events(1))], { also })).rejects.toMatchObject(refused);
    expect(await store.log.version({ stream: "f-1", category: "f" })).toBe(-1);
  });

  it("are refused by a unique index that the code does not know of", async () => {
    await models().createTable(table);
    const unaware: Table = { name: "seats", columns: table.columns };
    const upsert = (id: string) => ({ kind: "upsertRows", table: unaware, rows: [[id, 7]] }) as const;
    await store.operations.flush([upsert("1")]);
    const violation = { code: "UNIQUE_VIOLATION", details: { table: "seats", columns: ["number"] } };
    await expect(store.operations.flush([upsert("2")])).rejects.toMatchObject(violation);
    await expect(store.log.append([request("g-1", events(1))], { also: [upsert("2")] })).rejects.toMatchObject(
      violation,
    );
    expect(await models().rows(table, ["1", "2"])).toEqual([["1", 7]]);
  });
});

describe("a view", () => {
  it("keeps its privileges while its columns are the same", async () => {
    const tables = [1, 2].map((version): Table => ({ ...EVERYTHING, name: `things_v${version}`, indexes: [] }));
    for (const table of tables) await models().createTable(table);
    await models().createView({ name: "things", table: tables[0]!, columns: ["id", "price"] });
    await database.query("GRANT SELECT ON tidemark.things TO PUBLIC");
    const privileges = () =>
      database.query(
        "SELECT privilege_type FROM information_schema.role_table_grants WHERE table_name = 'things' AND grantee = 'PUBLIC'",
      );
    await models().createView({ name: "things", table: tables[1]!, columns: ["id", "price"] });
    expect(await models().viewedTable("things")).toBe("things_v2");
    expect(await privileges()).toEqual([{ privilege_type: "SELECT" }]);
    await models().createView({ name: "things", table: tables[1]!, columns: ["id", "count"] });
    expect(await columnsOf("things")).toMatchObject([{ name: "id" }, { name: "count" }]);
  });
});
