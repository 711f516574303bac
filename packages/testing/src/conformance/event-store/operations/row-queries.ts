import { deepEqual, equal, rejects } from "node:assert/strict";

import type { ColumnValue, Row, RowCondition, RowOrder, RowQuery } from "@tidemark/core/adapter";
import fc from "fast-check";

import { testRunner } from "../../test-runner";
import { range } from "../sample-events";
import type { StoreUnderTest } from "../store-under-test";
import { answerOf, COMPARED, THINGS } from "./query-model";
import { flush, operationsOf } from "./sample-operations";

const SEED = 20_261_129;
const RANDOM_QUERIES = 300;
const BY_KEY: readonly RowOrder[] = [{ column: "id", direction: "asc" }];

/** Texts that mean something to whoever puts them into a statement. */
const INJECTED = [
  "'",
  "''",
  '"',
  "\\",
  "\\'",
  "%",
  "_",
  "?",
  "$1",
  ":id",
  "--",
  "/*",
  "\0",
  "a\0b",
  "' OR '1'='1",
  "'); DELETE FROM things; --",
  '{"a":1}',
  "[]",
  "NULL",
];

export function rowQueries(at: StoreUnderTest): void {
  const { it } = testRunner();

  const create = async (): Promise<void> => operationsOf(at).readModels.createTable(THINGS);
  const query = async (asked: Partial<RowQuery> = {}): Promise<Row[]> => {
    const found = await operationsOf(at).readModels.query({ table: THINGS, where: [], orderBy: BY_KEY, ...asked });
    return Array.from(found, (row) => [...row]);
  };
  const count = async (where: readonly RowCondition[]): Promise<number> =>
    operationsOf(at).readModels.count({ table: THINGS, where });
  const store = async (rows: readonly Row[]): Promise<readonly Row[]> => {
    await create();
    await flush(at, { kind: "upsertRows", table: THINGS, rows });
    return rows;
  };
  /** One row for each value of a column, which has null in the others. */
  const rowsFor = (column: string): Row[] =>
    COMPARED[column]!.map((value, n) =>
      THINGS.columns.map(({ name }) => (name === "id" ? `${column}-${n}` : name === column ? value : null)),
    );

  for (const [column, values] of Object.entries(COMPARED)) {
    const present = values.filter((value) => value !== null);

    it(`compares each value of ${column} with each other one, by every operator`, async () => {
      const rows = await store(rowsFor(column));
      const conditions: RowCondition[] = [
        ...values.flatMap((value) => [
          { column, operator: "=", value } as const,
          { column, operator: "!=", value } as const,
        ]),
        ...present.flatMap((value) =>
          (["<", "<=", ">", ">="] as const).map((operator) => ({ column, operator, value })),
        ),
        ...[[], [null], values, present, values.slice(0, 3), values.slice(2, 5)].map(
          (each) => ({ column, operator: "in", values: each }) as const,
        ),
      ];
      for (const condition of conditions) {
        const asked = { table: THINGS, where: [condition], orderBy: BY_KEY };
        deepEqual(await query(asked), answerOf(rows, asked), JSON.stringify(condition));
        equal(await count([condition]), answerOf(rows, asked).length, JSON.stringify(condition));
      }
    });

    it(`orders by ${column}, null first and last, and goes on behind every row`, async () => {
      const rows = await store(rowsFor(column));
      const place = THINGS.columns.findIndex(({ name }) => name === column);
      for (const direction of ["asc", "desc"] as const) {
        const orderBy: RowOrder[] = [
          { column, direction },
          { column: "id", direction: "asc" },
        ];
        const expected = answerOf(rows, { table: THINGS, where: [], orderBy });
        deepEqual(await query({ orderBy }), expected, direction);
        for (const [index, row] of expected.entries()) {
          const after = [row[place]!, row[0]!];
          deepEqual(await query({ orderBy, after, limit: 3 }), expected.slice(index + 1, index + 4), `${after}`);
          deepEqual(await query({ orderBy, after }), expected.slice(index + 1), `${after}`);
        }
      }
    });
  }

  it("finds texts that start with a text or contain it, upper and lower case told apart", async () => {
    const rows = await store(rowsFor("label"));
    const texts = [...COMPARED.label!.filter((value) => value !== null), "\u{1f600}\u{10ffff}", ...INJECTED];
    for (const value of texts.map(String)) {
      for (const operator of ["startsWith", "contains"] as const) {
        const asked = { table: THINGS, where: [{ column: "label", operator, value }], orderBy: BY_KEY };
        deepEqual(await query(asked), answerOf(rows, asked), `${operator} ${JSON.stringify(value)}`);
      }
    }
  });

  it("takes every text for a value, whatever it means elsewhere", async () => {
    const texts = INJECTED.filter((text) => !text.includes("\0"));
    const rows = await store(texts.map((text) => [text, text, null, null, null, null, null, null]));
    for (const value of INJECTED) {
      const conditions = (["=", "!=", "<", "<=", ">", ">="] as const).map((operator) => ({
        column: "label",
        operator,
        value,
      }));
      for (const condition of [...conditions, { column: "id", operator: "in", values: [value] } as const]) {
        const asked = { table: THINGS, where: [condition], orderBy: BY_KEY };
        deepEqual(await query(asked), answerOf(rows, asked), JSON.stringify(condition));
      }
      const asked = { table: THINGS, where: [], orderBy: BY_KEY, after: [value], limit: 2 };
      deepEqual(await query(asked), answerOf(rows, asked), JSON.stringify(value));
    }
    equal(await count([]), texts.length);
  });

  it("compares json with null alone", async () => {
    await store([
      ["1", null, null, null, null, null, null, '{"a":1}'],
      ["2", null, null, null, null, null, null, null],
    ]);
    const keys = async (condition: RowCondition) => (await query({ where: [condition] })).map(([key]) => key);
    deepEqual(await keys({ column: "details", operator: "=", value: null }), ["2"]);
    deepEqual(await keys({ column: "details", operator: "!=", value: null }), ["1"]);
    await rejects(query({ where: [{ column: "details", operator: "=", value: "{}" }] }), { code: "INCORRECT_USAGE" });
  });

  it("refuses what the table cannot answer", async () => {
    await create();
    const refused: Readonly<Record<string, Partial<RowQuery>>> = {
      "a condition on no column of it": { where: [{ column: "id = id OR id", operator: "=", value: "1" }] },
      "text in a column of numbers": { where: [{ column: "whole", operator: "contains", value: "1" }] },
      "an order by no column of it": { orderBy: [{ column: "nobody", direction: "asc" }, ...BY_KEY] },
      "an order by json": { orderBy: [{ column: "details", direction: "asc" }, ...BY_KEY] },
      "an order that does not end with the key": { orderBy: [{ column: "label", direction: "asc" }] },
      "a place with too few values": { orderBy: [{ column: "label", direction: "asc" }, ...BY_KEY], after: ["a"] },
      "a limit that is no number of rows": { limit: -1 },
      "a table that was not created": { table: { ...THINGS, name: "nobody" } },
    };
    for (const [reason, asked] of Object.entries(refused))
      await rejects(query(asked), { code: "INCORRECT_USAGE" }, reason);
    await rejects(count([{ column: "nobody", operator: "=", value: null }]), { code: "INCORRECT_USAGE" });
  });

  it("walks all rows once, page by page, however many have the same values", async () => {
    const rows = await store(
      range(60).map((n): Row => {
        const label = [null, "a", "b"][n % 3]!;
        return [`${n}`, label, n % 2 === 0 ? null : 1, null, ["1", "1.0", null][n % 3]!, null, null, null];
      }),
    );
    const directions = ["asc", "desc"] as const;
    for (const [first, second, third] of directions.flatMap((a) =>
      directions.flatMap((b) => directions.map((c) => [a, b, c] as const)),
    )) {
      const orderBy: RowOrder[] = [
        { column: "label", direction: first },
        { column: "whole", direction: second },
        { column: "id", direction: third },
      ];
      for (const limit of [1, 7, 60]) {
        const seen: Row[] = [];
        for (let after: readonly ColumnValue[] | undefined; ; ) {
          const page = await query({ orderBy, limit, ...(after && { after }) });
          seen.push(...page);
          if (page.length === 0 || seen.length > rows.length) break;
          const [id, label, whole] = page.at(-1)!;
          after = [label!, whole!, id!];
        }
        deepEqual(seen, answerOf(rows, { table: THINGS, where: [], orderBy }), `${first} ${second} ${third}`);
      }
    }
  });

  it("answers no row for a limit of none, and counts those that are there", async () => {
    await store(rowsFor("whole"));
    deepEqual(await query({ limit: 0 }), []);
    equal(await count([]), COMPARED.whole!.length);
  });

  it(`answers ${RANDOM_QUERIES} random queries as a plain model does`, async () => {
    const compared = Object.keys(COMPARED);
    const valueIn = (column: string) => fc.constantFrom(...COMPARED[column]!);
    const row = fc.tuple(...compared.map(valueIn));
    const rows = await store(
      fc
        .sample(row, { numRuns: 120, seed: SEED })
        .map((values, n): Row => [`${n}`, ...(values as ColumnValue[]), n % 2 === 0 ? null : "{}"]),
    );
    const condition = fc.constantFrom(...compared).chain((column): fc.Arbitrary<RowCondition> => {
      const present = COMPARED[column]!.filter((value) => value !== null);
      return fc.oneof(
        fc.record({ column: fc.constant(column), operator: fc.constantFrom("=", "!="), value: valueIn(column) }),
        fc.record({
          column: fc.constant(column),
          operator: fc.constantFrom("<", "<=", ">", ">="),
          value: fc.constantFrom(...present),
        }),
        fc.record({
          column: fc.constant(column),
          operator: fc.constant("in"),
          values: fc.array(valueIn(column), { maxLength: 6 }),
        }),
      );
    });
    const direction = fc.constantFrom<RowOrder["direction"]>("asc", "desc");
    const asked = fc
      .record({
        where: fc.array(condition, { maxLength: 2 }),
        columns: fc.uniqueArray(fc.constantFrom(...compared), { maxLength: 2 }),
        directions: fc.tuple(direction, direction, direction),
        behind: fc.option(fc.nat(rows.length - 1), { nil: undefined }),
        limit: fc.option(fc.nat(20), { nil: undefined }),
      })
      .map(({ where, columns, directions, behind, limit }): RowQuery => {
        const orderBy = [...columns, "id"].map((column, place) => ({ column, direction: directions[place]! }));
        const place = (name: string) => THINGS.columns.findIndex((column) => column.name === name);
        const after = behind === undefined ? undefined : orderBy.map(({ column }) => rows[behind]![place(column)]!);
        return { table: THINGS, where, orderBy, ...(after && { after }), ...(limit !== undefined && { limit }) };
      });
    for (const each of fc.sample(asked, { numRuns: RANDOM_QUERIES, seed: SEED })) {
      const { table: _, ...described } = each;
      deepEqual(await query(each), answerOf(rows, each), JSON.stringify(described));
    }
  });
}
