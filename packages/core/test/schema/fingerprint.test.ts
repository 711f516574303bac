import { z } from "zod";

import { entity, hasMany, hasOne, valueObject } from "../../src/index";
import { decimal } from "../../src/schema/decimal";
import { fingerprint } from "../../src/schema/fingerprint";
import { identifier } from "../../src/schema/identifier";
import { status } from "../../src/schema/status";
import { Account, Address, Limit, Money, Opened, Period, Signatory } from "../fixtures/company-account";

const account = () =>
  z.object({
    accountNumber: z.string().max(20),
    balance: z.number().default(0),
    status: z.enum(["ACTIVE", "CLOSED"]).default("ACTIVE"),
  });

interface Tree {
  children: Tree[];
}

interface Comment {
  answers: Comment[];
}
const comment: z.ZodType<Comment> = z.lazy(() => z.object({ at: z.date(), answers: z.array(comment) }));
const part = z.object({
  name: z.string(),
  get parts() {
    return z.array(part);
  },
  get whole() {
    return part.optional();
  },
});

enum Level {
  Low = 1,
  High = 10,
}

describe("fingerprint", () => {
  it("stays what it is for known shapes, whatever zod does", () => {
    const everything = z.object({
      id: identifier(),
      at: z.date().nullable(),
      cents: z.bigint().optional(),
      lines: z.array(z.object({ sku: z.string(), quantity: z.int().min(1) })).default([]),
      prices: z.record(z.string(), z.union([z.number(), z.literal("free")])),
      pair: z.tuple([z.boolean(), z.any()], z.unknown()),
      both: z.intersection(z.object({ a: z.string() }), z.looseObject({ b: z.string() })),
      when: z.string().pipe(z.coerce.date()),
      get children() {
        return z.array(z.lazy(() => everything));
      },
    }) as z.ZodType;
    expect({ account: fingerprint(account()), everything: fingerprint(everything) }).toEqual({
      account: "5c0a3e5d1ce49df3",
      everything: "ddea13fbd1d00957",
    });
  });

  // Stored snapshots bear these: a change here makes every snapshot of such a shape unusable.
  it.each<[string, z.ZodType, string]>([
    ["string", z.string().min(1).max(5).trim(), "473287f8298dba71"],
    [
      "email, ISO texts and other formats",
      z.object({ a: z.email(), b: z.iso.datetime(), c: z.uuid(), d: z.url(), e: z.base64() }),
      "0dfc7f996ecb5ac7",
    ],
    [
      "numbers",
      z.object({ a: z.number(), b: z.int(), c: z.int32(), d: z.float64(), e: z.coerce.number(), f: z.nan() }),
      "2d2dd7b5c8b2cc5d",
    ],
    [
      "bigints, booleans and dates",
      z.object({ a: z.bigint(), b: z.boolean(), c: z.date(), d: z.coerce.date(), e: z.int64() }),
      "b55937e829445303",
    ],
    [
      "any, unknown, never, null, undefined and void",
      z.object({ a: z.any(), b: z.unknown(), c: z.never(), d: z.null(), e: z.undefined(), f: z.void() }),
      "2bbb9defb63287fb",
    ],
    [
      "what no store keeps",
      z.object({
        a: z.map(z.string(), z.number()),
        b: z.set(z.string()),
        c: z.symbol(),
        d: z.file(),
        e: z.promise(z.string()),
      }),
      "b9696b3124561ed0",
    ],
    ["an enum of texts, in any order", z.enum(["b", "a", "c"]), "f9229e918dcc5694"],
    ["an enum of numbers", z.enum({ Low: 1, High: 10 }), "6a38a952295f8c59"],
    ["literals", z.literal(["b", 1, 2n, null, undefined, true]), "4cce73178f5581fe"],
    ["a template literal", z.templateLiteral(["a-", z.number()]), "95a8ec58bbecd1c8"],
    ["a strict object", z.strictObject({ b: z.string(), a: z.number() }), "9ba9c6081413e0c7"],
    ["a loose object", z.looseObject({ a: z.string() }), "f8b8305ac518e999"],
    ["an object with a catchall", z.object({ a: z.string() }).catchall(z.date()), "f05f78e66f6b65ef"],
    ["an empty object", z.object({}), "44136fa355b3678a"],
    [
      "keys of every kind",
      z.object({ 'a"b': z.string(), ü: z.string(), "10": z.string(), "9": z.string(), "a b": z.string() }),
      "e4544ed5d28be08d",
    ],
    ["arrays", z.array(z.array(z.string().optional()).min(1)), "d3069d8739983ec9"],
    ["a tuple", z.tuple([z.string(), z.number().optional()]), "0c44a83a94b5e605"],
    ["a tuple with a rest", z.tuple([z.string()], z.date()), "065b82ee965b87a2"],
    [
      "records",
      z.object({
        a: z.record(z.string(), z.number()),
        b: z.record(z.enum(["x", "y"]), z.date()),
        c: z.partialRecord(z.enum(["x", "y"]), z.string()),
      }),
      "8844fdc3652af7c1",
    ],
    ["a union", z.union([z.string(), z.number(), z.object({ a: z.date() })]), "2d13263ec68a037e"],
    [
      "a discriminated union",
      z.discriminatedUnion("kind", [
        z.object({ kind: z.literal("a"), x: z.number() }),
        z.object({ kind: z.literal("b") }),
      ]),
      "d045d2f4d5c0eba0",
    ],
    [
      "an intersection",
      z.intersection(z.object({ a: z.string() }), z.object({ b: z.number() }).and(z.object({ c: z.date() }))),
      "a947ebf3d4c31a8d",
    ],
    [
      "optional, nullable and nullish",
      z.object({
        a: z.string().optional(),
        b: z.string().nullable(),
        c: z.string().nullish(),
        d: z.string().optional().nullable(),
      }),
      "b3e0a8d50ee97488",
    ],
    ["nonoptional", z.string().optional().nonoptional(), "27ecbaab65a5f0f1"],
    [
      "defaults",
      z.object({
        a: z.string().default("x"),
        b: z.number().default(0),
        c: z.bigint().default(5n),
        d: z.date().default(new Date(0)),
        e: z.array(z.string()).default([]),
        f: z.object({ g: z.number() }).default({ g: 1 }),
      }),
      "7b86f38f9c184958",
    ],
    [
      "prefaults",
      z.object({ a: z.string().trim().prefault(" x "), b: z.object({ c: z.number().default(1) }).prefault({}) }),
      "479f7bbd93fbb84a",
    ],
    [
      "defaults that read the clock or draw an id",
      z.object({
        a: z.date().default(() => new Date()),
        b: z.string().default(() => String(Math.random())),
        c: z.number().prefault(() => Date.now()),
      }),
      "d19cc8236c51b090",
    ],
    [
      "catch and readonly",
      z.object({
        a: z.string().catch("x"),
        b: z.array(z.string()).readonly(),
        c: z.date().readonly().catch(new Date(0)),
      }),
      "bce19251f6c0e86a",
    ],
    [
      "pipes, transforms and codecs",
      z.object({
        a: z.string().pipe(z.coerce.date()),
        b: z.string().transform(Number),
        c: z.preprocess(String, z.string()),
        d: z.stringbool(),
        e: z.codec(z.iso.datetime(), z.date(), {
          decode: (text) => new Date(text),
          encode: (date) => date.toISOString(),
        }),
      }),
      "677618ffc0919741",
    ],
    [
      "custom checks",
      z.object({
        a: z.custom<string>(() => true),
        b: z.instanceof(Date),
        c: z
          .string()
          .refine(() => true)
          .superRefine(() => {}),
        d: z.string().brand<"x">(),
      }),
      "d60b0ef66da96a0f",
    ],
    ["JSON of any kind", z.json(), "c7234a392f84f917"],
    ["a lazy shape that contains itself", comment, "833243a7dd5af35d"],
    ["a shape whose getters contain it", part, "91be0500d31f739c"],
    ["two places of one schema", z.object({ a: part, b: part, c: z.array(comment) }), "37225f46915c8577"],
    [
      "ids",
      z.object({ a: identifier(), b: identifier().optional(), c: identifier().describe("x") }),
      "7ddf54ca9504cab5",
    ],
    [
      "decimals",
      z.object({
        a: decimal(),
        b: decimal({ places: 2 }).positive().default("1.50"),
        c: z.array(decimal()).optional(),
      }),
      "9e6a89955710d897",
    ],
    [
      "statuses",
      z.object({
        a: status({ transitions: { A: ["B"], B: [] } }),
        b: status({ initial: "B", transitions: { A: ["B"], B: [] } }).optional(),
      }),
      "d242322dc33b5322",
    ],
    [
      "value objects",
      z.object({
        a: valueObject(Money),
        b: valueObject(Money).optional(),
        c: z.array(valueObject(Period)),
        d: valueObject(Money).default(new Money({ currency: "EUR", amount: 0 })),
      }),
      "8f650dab6b50cfa7",
    ],
    [
      "entities",
      z.object({ a: hasOne(Address), b: hasMany(Signatory), c: entity(Limit), d: z.record(z.string(), entity(Limit)) }),
      "7e20e51576b6845b",
    ],
    [
      "the classes of an aggregate with entities",
      z.object({ a: Account.shape.schema, b: Opened.shape.schema, c: Signatory.shape.schema }),
      "a621d8af940faa29",
    ],
    [
      "a status in an enum that is described",
      z.object({
        a: status({ transitions: { A: ["B"], B: [] } })
          .describe("x")
          .nullable(),
      }),
      "a80654e17cab448a",
    ],
    ["a numeric enum of TypeScript", z.enum(Level), "504bbf7bc81382c5"],
  ])("of %s is what stored snapshots bear", (_, schema, stored) => {
    expect(fingerprint(schema)).toBe(stored);
  });

  it.each<[string, z.ZodType]>([
    ["a further field", account().extend({ holderName: z.string() })],
    ["a field less", account().omit({ status: true })],
    [
      "a field's name",
      account()
        .omit({ balance: true })
        .extend({ saldo: z.number().default(0) }),
    ],
    ["a field's type", account().extend({ balance: z.bigint().default(0n) })],
    ["a default", account().extend({ balance: z.number().default(1) })],
    ["an optional field", account().extend({ accountNumber: z.string().optional() })],
    ["a nullable field", account().extend({ accountNumber: z.string().nullable() })],
    [
      "another value of an enum",
      account().extend({ status: z.enum(["ACTIVE", "CLOSED", "LOCKED"]).default("ACTIVE") }),
    ],
    ["further keys let through", account().loose()],
  ])("changes with %s", (_, other) => {
    expect(fingerprint(other)).not.toBe(fingerprint(account()));
  });

  it.each<[string, z.ZodType]>([
    ["limits", account().extend({ accountNumber: z.string().min(1).max(99).regex(/./) })],
    ["refinements", account().extend({ accountNumber: z.string().refine((text) => text !== "") })],
    [
      "descriptions",
      account().extend({ accountNumber: z.string().describe("as printed on the card").meta({ id: "n" }) }),
    ],
    ["read-only marks", account().extend({ accountNumber: z.string().readonly() })],
    [
      "the order of fields and of an enum's values",
      z.object({
        status: z.enum(["CLOSED", "ACTIVE"]).default("ACTIVE"),
        balance: z.number().default(0),
        accountNumber: z.string(),
      }),
    ],
  ])("does not change with %s", (_, other) => {
    expect(fingerprint(other)).toBe(fingerprint(account()));
  });

  it("sees a change at any depth", () => {
    const nested = (leaf: z.ZodType) => z.object({ a: z.array(z.record(z.string(), z.object({ leaf }).optional())) });
    expect(fingerprint(nested(z.string()))).not.toBe(fingerprint(nested(z.number())));
  });

  it("ends on shapes that contain themselves, and distinguishes them", () => {
    const lazy: z.ZodType<Tree> = z.lazy(() => z.object({ children: z.array(lazy) }));
    const dated: z.ZodType = z.lazy(() => z.object({ at: z.date(), children: z.array(dated) }));
    expect(fingerprint(lazy)).not.toBe(fingerprint(dated));
    expect(fingerprint(lazy)).toBe(fingerprint(lazy));
  });

  it("stays the same where a nested default reads the clock or draws a random id", () => {
    const entry = z.object({
      at: z.date().default(() => new Date()),
      id: z.string().default(() => String(Math.random())),
    });
    expect(fingerprint(z.array(entry))).toBe(fingerprint(z.array(entry)));
    expect(fingerprint(entry)).not.toBe(fingerprint(z.object({ at: z.date().default(new Date(0)), id: z.string() })));
  });
});
