import { z } from "zod";

import { Projection } from "../../src/elements/projection";
import { Decimal, decimal, identifier, ValueObject, valueObject } from "../../src/index";
import type { Class } from "../../src/metadata/class-types";
import { RowCodec } from "../../src/rows/row-codec";
import type { Shape } from "../../src/schema/shape";

class Money extends ValueObject({ amount: decimal(), currency: z.string() }) {}

function codecOf(type: Class): RowCodec {
  const { shape } = type as Class & { readonly shape: Shape };
  return new RowCodec(
    type,
    shape.keys.map((key) => [key, shape.fields[key] as never]),
  );
}

class Everything extends Projection({
  rowId: identifier(),
  text: z.string(),
  status: z.enum(["OPEN", "SHUT"]).default("OPEN"),
  whole: z.int(),
  wholeToo: z.number().int(),
  fraction: z.number(),
  flag: z.boolean(),
  time: z.date(),
  exact: decimal(),
  big: z.bigint(),
  nested: z.object({ at: z.date(), list: z.array(z.bigint()) }),
  price: valueObject(Money),
  anything: z.any(),
  maybe: z.string().optional(),
  nothing: z.number().nullable(),
  either: z.date().nullish(),
  eitherToo: z.array(z.string()).nullish(),
}) {}

const VALUES = {
  rowId: "r-1",
  text: "Grüße 🌊",
  status: "SHUT",
  whole: 2 ** 53 - 1,
  wholeToo: -3,
  fraction: 0.1,
  flag: false,
  time: new Date("2020-02-29T12:00:00.123Z"),
  exact: new Decimal("12345678901234567890.000000000000000001"),
  big: 2n ** 200n,
  nested: { at: new Date(0), list: [1n, -2n] },
  price: new Money({ amount: "1.50", currency: "EUR" }),
  anything: { at: new Date(5), big: 7n, list: [null, { $date: "no date" }] },
  nothing: null,
  either: null,
};

function row(values: object = {}): Record<string, unknown> {
  return Object.assign(codecOf(Everything as unknown as Class).make(), VALUES, values);
}

describe("RowCodec", () => {
  const codec = codecOf(Everything as unknown as Class);

  it("gives each field a column of its type", () => {
    expect(codec.columns).toEqual([
      { name: "row_id", type: "text" },
      { name: "text", type: "text" },
      { name: "status", type: "text" },
      { name: "whole", type: "integer" },
      { name: "whole_too", type: "integer" },
      { name: "fraction", type: "number" },
      { name: "flag", type: "boolean" },
      { name: "time", type: "time" },
      { name: "exact", type: "decimal" },
      { name: "big", type: "decimal" },
      { name: "nested", type: "json" },
      { name: "price", type: "json" },
      { name: "anything", type: "json" },
      { name: "maybe", type: "text" },
      { name: "nothing", type: "number" },
      { name: "either", type: "time" },
      { name: "either_too", type: "json" },
      { name: "_absent", type: "json" },
    ]);
  });

  it("gives every value back as it was, without running the constructor of the class", () => {
    const encoded = codec.encode(row());
    const decoded = codec.decode(encoded);
    expect(decoded).toEqual(row());
    expect(decoded).toBeInstanceOf(Everything);
    expect(decoded.price).toBeInstanceOf(Money);
    expect(Object.keys(decoded)).not.toContain("maybe");
    expect(codec.encode(decoded)).toEqual(encoded);
  });

  it("tells null from absent", () => {
    const decode = (values: object) => codec.decode(codec.encode(row(values)));
    expect(decode({ either: null, eitherToo: null })).toMatchObject({ either: null, eitherToo: null });
    expect("either" in decode({ either: undefined, eitherToo: null })).toBe(false);
    expect(decode({ either: undefined, eitherToo: null }).eitherToo).toBeNull();
    expect("eitherToo" in decode({ either: undefined, eitherToo: undefined })).toBe(false);
  });

  it("stores 0 for -0, of which no store keeps the sign", () => {
    expect(codec.decode(codec.encode(row({ fraction: -0, whole: -0 })))).toMatchObject({ fraction: 0, whole: 0 });
  });

  it.each([
    ["text", undefined, "it is not set"],
    ["text", null, "it is null"],
    ["text", 5, "expected a string, found 5"],
    ["text", "a\0b", "NUL cannot be stored in a string"],
    ["text", "\ud800", "a lone surrogate cannot be stored: the string is not valid Unicode"],
    ["status", "ajar", 'expected one of "OPEN", "SHUT", found "ajar"'],
    ["whole", 1.5, "expected a whole number, found 1.5"],
    ["fraction", Number.NaN, "expected a finite number, found NaN"],
    ["flag", 1, "expected a boolean, found 1"],
    ["time", "2020", 'expected a Date, found "2020"'],
    ["time", new Date(Number.NaN), "an invalid date cannot be stored"],
    ["exact", "1", 'expected a Decimal, found "1"'],
    [
      "exact",
      new Decimal(1).div(3),
      "it has 400 decimal places; a decimal has at most 100: round it, as with toDecimalPlaces(2)",
    ],
    ["big", 1, "expected a bigint, found 1"],
    ["maybe", null, "it is null"],
  ])("finds fault with %s set to %p", (field, value, fault) => {
    expect(codec.faults(row({ [field]: value }))).toEqual({ [field]: fault });
  });

  it("finds fault with a nested value that cannot be stored", () => {
    const faults = codec.faults(
      row({ nested: { at: new Date(Number.NaN), list: [] }, anything: { deep: [Number.NaN] } }),
    );
    expect(faults).toEqual({
      nested: "it is not valid: at: an invalid date cannot be stored",
      anything: "it is not valid: deep.0: NaN cannot be stored as a number",
    });
  });

  it("refuses two fields that would have one column", () => {
    class Twins extends Projection({ id: identifier(), fooBar: z.string(), foo_bar: z.string() }) {}
    expect(() => codecOf(Twins as unknown as Class)).toThrow(
      'Twins: its fields "fooBar" and "foo_bar" would both have the column "foo_bar"; rename one',
    );
  });
});
