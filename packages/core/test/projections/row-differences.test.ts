import { z } from "zod";

import { Decimal, decimal, identifier, Projection, ValueObject, valueObject } from "../../src/index";
import type { Class } from "../../src/metadata/class-types";
import type { Table } from "../../src/ports/table";
import { isSameRow, rowDifferences } from "../../src/projections/row-differences";
import { REVISION, RowCodec, type RowObject } from "../../src/rows/row-codec";
import type { Schema } from "../../src/schema/zod-tree";

class Money extends ValueObject({ amount: decimal(), currency: z.string() }) {}

const FIELDS = {
  id: identifier(),
  exact: decimal(),
  time: z.date(),
  big: z.bigint(),
  note: z.string().nullish(),
  tags: z.array(z.string()),
  nested: z.object({ at: z.date(), "odd name": z.array(z.object({ price: valueObject(Money) })) }),
};

class Row extends Projection(FIELDS) {}

const codec = new RowCodec(
  Row as unknown as Class,
  Object.entries(FIELDS).map(([field, schema]) => [field, schema as unknown as Schema]),
);
const table: Table = { name: "row_v1", columns: [...codec.columns, REVISION] };
const folding = { table, codec };

const VALUES: RowObject = {
  id: "r-1",
  exact: new Decimal("1.5"),
  time: new Date(5),
  big: 2n ** 70n,
  tags: ["a", "b"],
  nested: {
    at: new Date(7),
    "odd name": [{ price: new Money({ amount: "12345678901234567890.1", currency: "EUR" }) }],
  },
};

const row = (values: RowObject, revision = 1) => codec.encode({ ...VALUES, ...values }, revision);
const differences = (stored: RowObject, expected: RowObject) =>
  rowDifferences(folding, "r-1", row(stored), row(expected)).map(({ path, stored, expected }) => [
    path,
    stored,
    expected,
  ]);

describe("the differences of rows", () => {
  it("leave out the revision, and digits that say nothing", () => {
    const a = row({}, 1);
    const b = row({}, 2).map((value) => (value === "1.5" ? "1.50" : value));
    expect(isSameRow(table, a, b)).toBe(true);
    expect(rowDifferences(folding, "r-1", a, b)).toEqual([]);
  });

  it("leave out how JSON is written", () => {
    const a = row({});
    const at = table.columns.findIndex(({ name }) => name === "tags");
    const b = a.map((value, index) => (index === at ? '[ "a",\n"b" ]' : value));
    expect(isSameRow(table, a, b)).toBe(true);
    expect(rowDifferences(folding, "r-1", a, b)).toEqual([]);
  });

  it("compare decimals, dates and bigints by their values", () => {
    expect(differences({ exact: new Decimal("1.500000000000000000001") }, {})).toEqual([
      ["exact", new Decimal("1.500000000000000000001"), new Decimal("1.5")],
    ]);
    expect(differences({ time: new Date(6) }, {})).toEqual([["time", new Date(6), new Date(5)]]);
    expect(differences({ big: 2n ** 70n + 1n }, {})).toEqual([["big", 2n ** 70n + 1n, 2n ** 70n]]);
  });

  it("name the place inside of nested values", () => {
    const price = (amount: string) => ({ price: new Money({ amount, currency: "EUR" }) });
    const stored = { at: new Date(8), "odd name": [price("12345678901234567890.2"), price("1")] };
    expect(differences({ nested: stored, tags: ["a"] }, {})).toEqual([
      ["tags[1]", undefined, "b"],
      ["nested.at", new Date(8), new Date(7)],
      [
        'nested."odd name"[0].price.amount',
        new Decimal("12345678901234567890.2"),
        new Decimal("12345678901234567890.1"),
      ],
      ['nested."odd name"[1]', price("1"), undefined],
    ]);
  });

  it("tell null from absent", () => {
    expect(differences({ note: null }, {})).toEqual([["note", null, undefined]]);
    expect(differences({}, { note: null })).toEqual([["note", undefined, null]]);
    expect(differences({ note: null }, { note: null })).toEqual([]);
  });

  it("show values that cannot be read as they are stored", () => {
    const at = (name: string) => table.columns.findIndex((column) => column.name === name);
    const broken = row({}).map((value, index) => (index === at("tags") ? "[oops" : value));
    expect(rowDifferences(folding, "r-1", broken, row({}))).toEqual([
      { key: "r-1", path: "tags", stored: "[oops", expected: ["a", "b"] },
    ]);
    const absent = row({}).map((value, index) => (index === at("_absent") ? "{" : value));
    expect(rowDifferences(folding, "r-1", absent, row({})).map(({ path }) => path)).toEqual(["note", "_absent"]);
  });

  it("have one entry for a row that only one side has, with the row as an instance", () => {
    const [missing] = rowDifferences(folding, "r-1", undefined, row({ note: null }));
    expect(missing).toMatchObject({ key: "r-1", path: "", stored: undefined });
    expect(missing!.expected).toBeInstanceOf(Row);
    expect({ ...(missing!.expected as object) }).toEqual({ ...VALUES, note: null });
    const [extra] = rowDifferences(folding, "r-1", row({}), undefined);
    expect(extra).toMatchObject({ path: "", expected: undefined });
    expect(rowDifferences(folding, "r-1", undefined, undefined)).toEqual([]);
  });
});
