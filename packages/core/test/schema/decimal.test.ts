import { z } from "zod";

import { ConfigurationError } from "../../src/errors/configuration-error";
import { decimal } from "../../src/schema/decimal";
import { Decimal } from "../../src/schema/exact-decimal";
import { exactJson } from "../../src/schema/exact-json";
import { fingerprint } from "../../src/schema/fingerprint";
import { Shape } from "../../src/schema/shape";

function messages(field: z.ZodType, value: unknown): string[] {
  return field.safeParse(value).error?.issues.map(({ message }) => message) ?? [];
}

function storedText(shape: Shape, input: unknown): string {
  return exactJson(shape.encode(shape.parse(input, "Sample")));
}

describe("a decimal field", () => {
  it.each([
    ["undefined", undefined],
    ["null", null],
    ["boolean", true],
    ["object", { toStringTag: "[object Decimal]" }],
    ["date", new Date(0)],
  ])("refuses %s by its type", (_, value) => {
    expect(messages(decimal(), value)[0]).toMatch(/^Invalid input: expected decimal, received /);
  });

  it("refuses a value that loses something, with what to do about it", () => {
    expect(messages(decimal(), 0.1 + 0.2)).toEqual([
      "0.30000000000000004 has more digits than a number keeps exactly; give it as a string, or compute it with Decimal",
    ]);
  });

  it("refuses decimal places beyond its own, without rounding", () => {
    const price = decimal({ places: 2 });
    expect(messages(price, "1.005")).toEqual(["it has 3 decimal places, of 2 at most"]);
    expect(["1.5", "1.50", "1.500", 7n].flatMap((value) => messages(price, value))).toEqual([]);
  });

  it("has bounds", () => {
    const bounded = decimal().min("-1.5").max(10n);
    expect(["-1.5", "10"].flatMap((value) => messages(bounded, value))).toEqual([]);
    expect(["-1.51", "10.01"].flatMap((value) => messages(bounded, value))).toEqual([
      "it is less than -1.5",
      "it is more than 10",
    ]);
    expect([messages(decimal().positive(), "0"), messages(decimal().nonnegative(), "0")]).toEqual([
      ["it is not above 0"],
      [],
    ]);
    expect(messages(decimal().nonnegative(), "-0.01")).toEqual(["it is less than 0"]);
  });

  it("takes zod's refinements, in any order", () => {
    const even = decimal()
      .refine((value) => value.mod(2).eq(0), "is odd")
      .describe("an even amount")
      .min(2);
    expect([messages(even, "3"), messages(even, "0"), messages(even, "4")]).toEqual([
      ["is odd"],
      ["it is less than 2"],
      [],
    ]);
  });

  it("can be optional, nullable, and have a default in any of its input's types", () => {
    const shape = new Shape({
      a: decimal().optional(),
      b: decimal().nullable(),
      c: decimal().default("0.10"),
      d: decimal().default(() => 5n),
      e: decimal().prefault(2),
      f: decimal().array(),
    });
    expect(shape.parse({ b: null, f: ["1", 2] }, "Sample")).toEqual({
      b: null,
      c: new Decimal("0.1"),
      d: new Decimal(5),
      e: new Decimal(2),
      f: [new Decimal(1), new Decimal(2)],
    });
  });

  it.each<[string, () => unknown, string]>([
    ["places", () => decimal({ places: 2.5 }), "decimal({ places }): places is a whole number from 0 to 100, not 2.5"],
    ["places", () => decimal({ places: 101 }), "decimal({ places }): places is a whole number from 0 to 100, not 101"],
    ["bounds", () => decimal().min("1,5"), 'decimal().min(…): "1,5" is not a decimal number, such as "12.50"'],
    ["bounds", () => decimal().max(Number.NaN), "decimal().max(…): NaN is not a decimal number"],
    [
      "defaults",
      () => decimal({ places: 2 }).default("0.001"),
      "decimal().default(…): it has 3 decimal places, of 2 at most",
    ],
  ])("refuses %s that make no sense when it is declared", (_, declare, message) => {
    expect(declare).toThrow(ConfigurationError);
    expect(declare).toThrow(message);
  });
});

describe("a shape with decimals", () => {
  const shape = new Shape({
    total: decimal(),
    fees: z.record(z.string(), decimal()).optional(),
    either: z.union([decimal(), z.boolean()]).optional(),
    extra: z.any().optional(),
  });

  it("stores them as texts in plain notation, one for each value", () => {
    expect(storedText(shape, { total: "1.50e-8", fees: { a: "-0", b: (1e20).toString() } })).toBe(
      '{"total":"0.000000015","fees":{"a":"0","b":"100000000000000000000"}}',
    );
  });

  it("tags them where a field may hold other types", () => {
    const input = { total: 1, either: "2.0", extra: { deep: [new Decimal("3")], tag: { $decimal: "4" } } };
    const text = storedText(shape, input);
    expect(JSON.parse(text)).toEqual({
      total: "1",
      either: { $decimal: "2" },
      extra: { deep: [{ $decimal: "3" }], tag: { $object: { $decimal: "4" } } },
    });
    expect(shape.decode(JSON.parse(text))).toEqual({
      total: new Decimal(1),
      either: new Decimal(2),
      extra: { deep: [new Decimal(3)], tag: { $decimal: "4" } },
    });
  });

  it("gives frozen values", () => {
    const { total, extra } = shape.parse({ total: new Decimal(1), extra: [new Decimal(2)] }, "Sample");
    expect([total, total.d, extra[0], extra[0].d].map(Object.isFrozen)).toEqual([true, true, true, true]);
  });

  it("refuses one that cannot be stored, wherever it stands", () => {
    expect(() => shape.parse({ total: 1, extra: { share: new Decimal(1).div(3) } }, "Sample")).toThrow(
      "extra.share: it has 400 decimal places",
    );
  });

  it("reads a number, so that a field can become a decimal", () => {
    expect(shape.decode({ total: 0.1 + 0.2 })).toEqual({ total: new Decimal("0.30000000000000004") });
  });

  it("does not read what is no decimal", () => {
    for (const total of ["twelve", "NaN", "1e999"])
      expect(() => shape.decode({ total })).toThrow("a stored decimal cannot be read: ");
  });

  it("complains of a state that holds something else", () => {
    expect(shape.complaints({ total: "1", fees: { a: new Decimal(Number.NaN) } })).toEqual({
      total: ["Invalid input: expected decimal, received string"],
      "fees.a": ["NaN is not a decimal number"],
    });
    expect(shape.complaints({ total: new Decimal("1") })).toBeUndefined();
    const bounded = new Shape({ total: decimal({ places: 2 }).default(0) });
    expect(bounded.complaints({ total: new Decimal("0.001") })).toEqual({
      total: ["it has 3 decimal places, of 2 at most"],
    });
  });

  it("has another fingerprint than one of numbers; limits make no difference, defaults do", () => {
    const of = (total: z.ZodType) => fingerprint(z.object({ total }));
    expect(of(decimal())).not.toBe(of(z.number()));
    expect(of(decimal())).not.toBe(of(z.custom()));
    expect(of(decimal({ places: 2 }).min(0))).toBe(of(decimal()));
    expect(of(decimal().default("1.0"))).toBe(of(decimal().default(1)));
    expect(of(decimal().default("1.0"))).not.toBe(of(decimal().default("1.1")));
  });
});
