import fc from "fast-check";
import { z } from "zod";

import { ValidationError } from "../../src/errors/validation-error";
import { exactJson } from "../../src/schema/exact-json";
import { identifier } from "../../src/schema/identifier";
import { Shape } from "../../src/schema/shape";

const address = z.object({ city: z.string(), lines: z.array(z.object({ text: z.string().max(5) })) });

function messagesOf(run: () => unknown): Readonly<Record<string, readonly string[]>> {
  try {
    run();
  } catch (error) {
    if (error instanceof ValidationError) return error.messages;
    throw error;
  }
  throw new Error("nothing was refused");
}

/** Through the text that a store keeps. */
function stored<S extends z.ZodRawShape>(shape: Shape<S>, input: unknown): object {
  return shape.decode(JSON.parse(exactJson(shape.encode(shape.parse(input, "Sample")))));
}

describe("Shape.parse", () => {
  const shape = new Shape({
    accountId: identifier(),
    amount: z.number(),
    reference: z.string().optional(),
    currency: z.string().default("EUR"),
    address: address.optional(),
  });

  it("fills in defaults and leaves absent optionals out", () => {
    expect(shape.parse({ accountId: "acc-1", amount: 5 }, "DepositMade")).toStrictEqual({
      accountId: "acc-1",
      amount: 5,
      currency: "EUR",
    });
  });

  it("leaves an optional out that is given as undefined", () => {
    const parsed = shape.parse({ accountId: "acc-1", amount: 5, reference: undefined }, "DepositMade");
    expect(Object.keys(parsed)).toEqual(["accountId", "amount", "currency"]);
  });

  it("names every wrong value by its path", () => {
    const input = {
      accountId: "",
      amount: "5",
      address: { city: 1, lines: [{ text: "ok" }, { text: "much too long" }] },
    };
    expect(messagesOf(() => shape.parse(input, "DepositMade"))).toEqual({
      accountId: ["an id has at least 1 character"],
      amount: ["Invalid input: expected number, received string"],
      "address.city": ["Invalid input: expected string, received number"],
      "address.lines.1.text": ["Too big: expected string to have <=5 characters"],
    });
  });

  it("says in its message what was being validated", () => {
    expect(() => shape.parse({ accountId: "a" }, "DepositMade")).toThrow(
      "DepositMade is not valid: amount: Invalid input: expected number, received undefined",
    );
  });

  it("refuses each key that the shape does not have", () => {
    expect(messagesOf(() => shape.parse({ accountId: "a", amount: 1, amuont: 1, extra: 2 }, "DepositMade"))).toEqual({
      amuont: ["is not a field of the shape"],
      extra: ["is not a field of the shape"],
    });
  });

  it.each([
    ["null", null],
    ["an array", []],
    ["a string", "DepositMade"],
  ])("refuses %s in the place of an object", (_, input) => {
    expect(Object.keys(messagesOf(() => shape.parse(input, "DepositMade")))).toEqual(["_entity"]);
  });

  it("returns a copy that is frozen at every depth and shares nothing with the input", () => {
    const open = new Shape({ at: z.date(), tags: z.any(), address });
    const input = { at: new Date(5), tags: [{ a: [1] }], address: { city: "Bonn", lines: [{ text: "x" }] } };
    const parsed = open.parse(input, "Sample");
    expect(
      [parsed, parsed.tags, parsed.tags[0], parsed.tags[0].a, parsed.address, parsed.address.lines[0]].map(
        Object.isFrozen,
      ),
    ).toEqual(Array(6).fill(true));
    input.at.setTime(9);
    input.tags[0]?.a.push(2);
    input.address.lines[0] = { text: "y" };
    expect(parsed).toStrictEqual({
      at: new Date(5),
      tags: [{ a: [1] }],
      address: { city: "Bonn", lines: [{ text: "x" }] },
    });
  });
});

describe("values that no store keeps exactly", () => {
  const shape = new Shape({ value: z.any() });
  class Money {
    readonly cents = 1;
  }
  const deep = (levels: number): unknown => {
    let value: unknown = 1;
    for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { value };
    return value;
  };
  const circle: Record<string, unknown> = {};
  circle.self = [circle];

  it.each<[string, unknown, Record<string, readonly string[]>]>([
    ["NaN", { a: [Number.NaN] }, { "value.a.0": ["NaN cannot be stored as a number"] }],
    ["infinity", Number.POSITIVE_INFINITY, { value: ["Infinity cannot be stored as a number"] }],
    ["negative infinity", Number.NEGATIVE_INFINITY, { value: ["-Infinity cannot be stored as a number"] }],
    ["a lone surrogate", "\ud800", { value: ["a lone surrogate cannot be stored: the string is not valid Unicode"] }],
    ["NUL", "a\0b", { value: ["NUL cannot be stored in a string"] }],
    ["NUL in a key", { "a\0": 1 }, { value: ['the key "a\\u0000" is not valid Unicode without NUL'] }],
    ["a symbol as key", { [Symbol("a")]: 1 }, { value: ["a symbol as key cannot be stored"] }],
    ["a function", { run: () => 1 }, { "value.run": ["a value of type function cannot be stored"] }],
    ["undefined in an array", [undefined], { "value.0": ["a value of type undefined cannot be stored"] }],
    ["a hole in an array", new Array(1), { "value.0": ["a value of type undefined cannot be stored"] }],
    ["an invalid date", new Date(Number.NaN), { value: ["an invalid date cannot be stored"] }],
    ["a Map", new Map(), { value: ["an instance of Map cannot be stored; store its plain values"] }],
    ["a Set", [new Set()], { "value.0": ["an instance of Set cannot be stored; store its plain values"] }],
    [
      "an instance of a class",
      new Money(),
      { value: ["an instance of Money cannot be stored; store its plain values"] },
    ],
    ["nesting of 5,000", deep(5_000), { _entity: ["nested deeper than 1000 levels, or in a circle"] }],
    ["a circle", circle, { _entity: ["nested deeper than 1000 levels, or in a circle"] }],
  ])("refuses %s", (_, value, messages) => {
    expect(messagesOf(() => shape.parse({ value }, "Sample"))).toEqual(messages);
  });

  it.each(["__proto__", "constructor", "prototype"])("refuses the key %s at any depth, by its path", (key) => {
    const nested = JSON.parse(`{"value": {"list": [1, {"${key}": {"polluted": true}}]}}`);
    expect(messagesOf(() => shape.parse(nested, "Sample"))).toEqual({
      [`value.list.1.${key}`]: [`the key "${key}" is not allowed`],
    });
    expect(
      Object.hasOwn(
        messagesOf(() => shape.parse(JSON.parse(`{"${key}": 1}`), "Sample")),
        key,
      ),
    ).toBe(true);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it("keeps nesting just below the limit", () => {
    const value = deep(999);
    expect(stored(shape, { value })).toEqual({ value });
  });

  it("keeps -0", () => {
    expect(Object.is((stored(shape, { value: [-0] }) as { value: number[] }).value[0], -0)).toBe(true);
  });

  it("refuses them in the fields of an object whose type says nothing against them", () => {
    const typed = new Shape({ name: z.string(), count: z.number() });
    expect(messagesOf(() => typed.parse({ name: "\ud800", count: Number.NaN }, "Sample"))).toEqual({
      count: ["Invalid input: expected number, received NaN"],
    });
    expect(messagesOf(() => typed.parse({ name: "\ud800", count: 1 }, "Sample"))).toEqual({
      name: ["a lone surrogate cannot be stored: the string is not valid Unicode"],
    });
  });
});

describe("declaring a shape", () => {
  it.each<[string, z.ZodType, string]>([
    ["z.map", z.map(z.string(), z.string()), "a Map cannot be stored; use z.record()"],
    ["z.set", z.set(z.string()), "a Set cannot be stored; use z.array()"],
    ["z.symbol", z.symbol(), "a symbol cannot be stored"],
    ["z.function", z.function() as never, "a function cannot be stored"],
    ["z.promise", z.promise(z.string()), "a Promise cannot be stored"],
    ["z.file", z.file(), "a File cannot be stored"],
    ["z.nan", z.nan(), "NaN cannot be stored"],
  ])("refuses %s, wherever it stands", (_, type, reason) => {
    const fields = {
      plain: type,
      optional: type.optional(),
      inObject: z.object({ deep: z.array(z.object({ part: type })) }),
      inRecord: z.record(z.string(), type),
      inUnion: z.union([z.string(), type]),
      inTuple: z.tuple([z.string()], type),
      inLazy: z.lazy(() => type),
      inOutput: z.string().pipe(type as never),
      inRest: z.object({}).catchall(type),
    };
    const paths = [
      "plain",
      "optional",
      "inObject.deep[].part",
      "inRecord[]",
      "inUnion",
      "inTuple",
      "inLazy",
      "inOutput",
    ];
    expect(() => new Shape(fields)).toThrow(
      expect.objectContaining({
        code: "INVALID_CONFIGURATION",
        faults: [...paths, "inRest.*"].map((path) => `field "${path}": ${reason}`),
      }),
    );
  });

  it("refuses symbols as keys of a record", () => {
    expect(() => new Shape({ flags: z.record(z.symbol(), z.string()) })).toThrow(
      'a declared shape: field "flags": a symbol cannot be stored',
    );
  });

  it("takes a Map as input where a transform makes something else of it", () => {
    const shape = new Shape({ entries: z.map(z.string(), z.number()).transform((map) => [...map]) });
    expect(stored(shape, { entries: new Map([["a", 1]]) })).toEqual({ entries: [["a", 1]] });
  });

  it.each(["__proto__", "constructor", "prototype"])("refuses a field %s, nested ones too", (name) => {
    const fields = Object.defineProperty({}, name, { value: z.string(), enumerable: true });
    expect(() => new Shape(fields)).toThrow(`field "${name}": the name is not allowed`);
    expect(() => new Shape({ inner: z.object(fields) })).toThrow(`field "inner.${name}": the name is not allowed`);
  });

  it("lists every fault at once", () => {
    expect(() => new Shape({ id: z.string(), a: 5 as never, b: undefined as never }, ["id"])).toThrow(
      [
        "a declared shape has 3 faults:",
        '  - field "id": the name is taken',
        '  - field "a": is not a zod schema',
        '  - field "b": is not a zod schema',
      ].join("\n"),
    );
  });

  it("refuses anything but an object of schemas", () => {
    expect(() => new Shape(undefined as never)).toThrow("a shape is an object of zod schemas: { amount: z.number() }");
    expect(() => new Shape(z.object({ a: z.string() }) as never)).toThrow('field "type": is not a zod schema');
  });
});

interface Tree {
  at: Date;
  children: Tree[];
}
const lazyTree: z.ZodType<Tree> = z.lazy(() => z.object({ at: z.date(), children: z.array(lazyTree) }));
const getterTree = z.object({
  at: z.date(),
  get children() {
    return z.array(getterTree);
  },
});
const nestedDates: z.ZodType = z.lazy(() => z.union([z.array(nestedDates), z.date()]));
const tree = { at: new Date(1), children: [{ at: new Date(2), children: [] }] };
const payment = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("card"), validTo: z.date() }),
  z.object({ kind: z.literal("cash"), cents: z.bigint() }),
]);

describe("stored and read again", () => {
  it.each<[string, z.ZodType, unknown]>([
    ["a date", z.date(), new Date("2026-02-20T12:00:00.123Z")],
    ["the last date there is", z.date(), new Date(8.64e15)],
    ["a date before the year 0", z.date(), new Date(-8.64e15)],
    ["a bigint", z.bigint(), -(2n ** 200n)],
    ["a nullable date", z.date().nullable(), null],
    ["an absent nullish date", z.date().nullish(), undefined],
    ["a union of a date and a string that looks like one", z.union([z.date(), z.string()]), "1970-01-01T00:00:00.000Z"],
    ["a union's date", z.union([z.date(), z.string()]), new Date(0)],
    ["a union's bigint", z.union([z.bigint(), z.number()]), 12n],
    ["a discriminated union's date", payment, { kind: "card", validTo: new Date(4) }],
    ["a discriminated union's bigint", payment, { kind: "cash", cents: 4n }],
    [
      "an intersection",
      z.intersection(z.object({ a: z.date() }), z.object({ b: z.bigint() })),
      { a: new Date(1), b: 2n },
    ],
    ["a tuple with a rest", z.tuple([z.date(), z.string()], z.bigint()), [new Date(1), "x", 1n, 2n]],
    ["a record of dates", z.record(z.string(), z.date()), { a: new Date(1), "b.c": new Date(2) }],
    ["a partial record", z.partialRecord(z.enum(["a", "b"]), z.bigint()), { b: 1n }],
    ["lists of lists of dates", z.array(z.array(z.date().nullable())), [[new Date(1), null], []]],
    ["further keys", z.object({ a: z.string() }).catchall(z.date()), { a: "x", other: new Date(1) }],
    [
      "further keys of any type",
      z.looseObject({ a: z.date() }),
      { a: new Date(1), other: 3n, more: { at: new Date(2) } },
    ],
    ["a literal bigint", z.literal([3n, 4n]), 4n],
    ["an enum of numbers", z.enum({ LOW: 1, HIGH: 2 }), 2],
    ["a lazy recursion", lazyTree, tree],
    ["a recursion by getter", getterTree, tree],
    ["a recursion in a union", nestedDates, [new Date(1), [new Date(2), []]]],
    ["any: rich values at any depth", z.any(), { list: [1n, new Date(3), null, { at: new Date(4) }] }],
    [
      "any: what looks like a tag",
      z.any(),
      [{ $date: "x" }, { $bigint: 1 }, { $object: { $date: 1 } }, { $date: 1, b: 2 }],
    ],
    ["unknown", z.unknown(), { a: [new Date(1)] }],
    ["custom", z.custom<bigint>((value) => typeof value === "bigint"), 5n],
    ["JSON", z.json(), { a: [1, null, { b: "x" }], c: true }],
  ])("gives back %s", (_, type, value) => {
    const shape = new Shape({ value: type });
    expect(stored(shape, { value })).toEqual({ value });
    expect(shape.complaints(stored(shape, { value }))).toBeUndefined();
  });

  it.each<[string, z.ZodType, unknown, unknown]>([
    ["a transform", z.string().transform((text) => text.length), "abc", 3],
    ["a transform to a date", z.string().transform((text) => new Date(text)), "2026-01-01", new Date("2026-01-01")],
    ["a pipe", z.string().pipe(z.coerce.date()), "2026-01-01", new Date("2026-01-01")],
    ["a coercion", z.coerce.bigint(), "12", 12n],
    [
      "a preprocessing",
      z.preprocess((value) => new Date(value as string), z.date()),
      "2026-01-01",
      new Date("2026-01-01"),
    ],
    ["a codec", z.codec(z.string(), z.bigint(), { decode: BigInt, encode: String }), "7", 7n],
    ["a boolean written as text", z.stringbool(), "yes", true],
    ["a trimmed text", z.string().trim().toLowerCase(), " AB ", "ab"],
    ["a caught value", z.date().catch(new Date(5)), "soon", new Date(5)],
    [
      "a default of a transform",
      z
        .string()
        .transform((text) => text.length)
        .default(4),
      undefined,
      4,
    ],
    [
      "a prefault",
      z
        .string()
        .transform((text) => text.length)
        .prefault("abc"),
      undefined,
      3,
    ],
    ["a nested default", z.object({ at: z.date().default(new Date(7)) }), {}, { at: new Date(7) }],
  ])("gives back the output of %s, which is a good state", (_, type, input, output) => {
    const shape = new Shape({ value: type });
    expect(stored(shape, { value: input })).toEqual({ value: output });
    expect(shape.complaints(stored(shape, { value: input }))).toBeUndefined();
  });

  it("needs no conversion where JSON holds every value as it is", () => {
    expect(new Shape({ a: z.string(), b: z.array(z.object({ c: z.number().nullish() })) }).needsDecoding).toBe(false);
    expect(new Shape({ a: z.object({ b: z.date() }) }).needsDecoding).toBe(true);
  });

  it("gives back whatever a representative shape accepts", () => {
    const shape = new Shape({
      id: identifier(),
      at: z.date(),
      cents: z.bigint().nullable(),
      note: z.string().optional(),
      lines: z.array(z.object({ quantity: z.number(), due: z.date().optional() })),
      prices: z.record(z.string(), z.union([z.bigint(), z.string()])),
      payment,
      extra: z.any(),
    });
    const plain = { noNullPrototype: true };
    const date = fc.date({ noInvalidDate: true });
    const text = fc.string({ unit: "binary" }).filter((value) => value.isWellFormed() && !value.includes("\0"));
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    const key = text.filter((value) => !["__proto__", "constructor", "prototype"].includes(value));
    const rich = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        text,
        number,
        fc.bigInt(),
        date,
        fc.boolean(),
        fc.constant(null),
        tie("list"),
        tie("map"),
      ),
      list: fc.array(tie("value"), { maxLength: 3 }),
      map: fc.dictionary(fc.oneof(key, fc.constantFrom("$date", "$bigint", "$object")), tie("value"), {
        maxKeys: 3,
        noNullPrototype: true,
      }),
    }));
    const values = fc.record(
      {
        id: text.filter((value) => value !== "" && value.length <= 255),
        at: date,
        cents: fc.option(fc.bigInt()),
        note: text,
        lines: fc.array(
          fc.record({ quantity: number, due: date }, { requiredKeys: ["quantity"], noNullPrototype: true }),
          { maxLength: 4 },
        ),
        prices: fc.dictionary(key, fc.oneof(fc.bigInt(), text), { noNullPrototype: true }),
        payment: fc.oneof(
          fc.record({ kind: fc.constant("card" as const), validTo: date }, plain),
          fc.record({ kind: fc.constant("cash" as const), cents: fc.bigInt() }, plain),
        ),
        extra: rich.value,
      },
      { requiredKeys: ["id", "at", "cents", "lines", "prices", "payment", "extra"], noNullPrototype: true },
    );
    fc.assert(
      fc.property(values, (value) => {
        expect(stored(shape, value)).toStrictEqual(shape.parse(value, "Sample"));
        expect(stored(shape, value)).toStrictEqual(value);
      }),
      { numRuns: 300 },
    );
  });
});

describe("Shape.complaints", () => {
  const shape = new Shape({
    name: z.string().max(3),
    balance: z.number().default(0),
    seats: z.coerce.number().catch(1),
    size: z
      .string()
      .transform((text) => text.length)
      .refine((length) => length > 0, "must not be empty"),
  });

  it("has none about a state with the declared types", () => {
    expect(shape.complaints({ name: "abc", balance: 1, seats: 2, size: 3 })).toBeUndefined();
  });

  it("fills in, coerces and catches nothing", () => {
    expect(shape.complaints({ name: "abc", seats: "2", size: 3 })).toEqual({
      balance: ["Invalid input: expected number, received undefined"],
      seats: ["Invalid input: expected number, received string"],
    });
  });

  it("checks limits, what a transform puts out, and keys", () => {
    expect(shape.complaints({ name: "long", balance: 0, seats: 1, size: 0, extra: 1 })).toEqual({
      name: ["Too big: expected string to have <=3 characters"],
      size: ["must not be empty"],
      extra: ["is not a field of the shape"],
    });
  });

  it("freezes nothing", () => {
    const tags = { list: [1] };
    expect(new Shape({ tags: z.any().readonly() }).complaints({ tags })).toBeUndefined();
    tags.list.push(2);
    expect(Object.isFrozen(tags)).toBe(false);
  });
});
