import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

import { decimal } from "../../src/schema/decimal";
import {
  checkOf,
  hasCheck,
  isSchema,
  marked,
  markOf,
  nodeOf,
  partsOf,
  type Schema,
  withChecksOf,
  withoutCoercion,
  withParts,
} from "../../src/schema/zod-tree";

const [text, date] = [z.string(), z.date()];
const never = z.never();

describe("nodeOf", () => {
  it.each<[string, Schema, object]>([
    ["an object", z.object({ text, date }), { kind: "object", fields: { text, date }, rest: undefined }],
    ["an object with other keys", z.object({ text }).catchall(date), { kind: "object", fields: { text }, rest: date }],
    ["an array", z.array(text), { kind: "array", item: text }],
    ["a tuple", z.tuple([text, date]), { kind: "tuple", items: [text, date], rest: undefined }],
    ["a tuple with more items", z.tuple([text], date), { kind: "tuple", items: [text], rest: date }],
    ["a record", z.record(text, date), { kind: "record", key: text, value: date }],
    ["a union", z.union([text, date]), { kind: "union", options: [text, date] }],
    ["an intersection", z.intersection(text, date), { kind: "intersection", options: [text, date] }],
    ["an enum", z.enum(["a", "b"]), { kind: "enum", values: ["a", "b"] }],
    ["a literal", z.literal(["a", 1n]), { kind: "literal", values: ["a", 1n] }],
    ["an optional schema", text.optional(), { kind: "optional", inner: text }],
    ["a nullable schema", text.nullable(), { kind: "nullable", inner: text }],
    ["a read-only schema", text.readonly(), { kind: "readonly", inner: text }],
    ["a pipe", text.pipe(date as never), { kind: "pipe", input: text, output: date }],
    ["a type without parts", text, { kind: "leaf", type: "string", isDynamic: false }],
    ["a Set, whose parts do not count", z.set(text), { kind: "leaf", type: "set", isDynamic: false }],
    ["a type that may be anything", z.any(), { kind: "leaf", type: "any", isDynamic: true }],
    ["a check by code", z.custom(), { kind: "leaf", type: "custom", isDynamic: true }],
  ])("reads %s", (_, schema, node) => {
    expect(nodeOf(schema)).toEqual(node);
  });

  it("reads a default anew each time", () => {
    let count = 0;
    const node = nodeOf(z.number().default(() => ++count));
    if (node.kind !== "default") throw new Error(node.kind);
    const before = count;
    expect([node.read(), node.read()]).toEqual([before + 1, before + 2]);
  });

  it("follows a lazy schema only when it is asked to", () => {
    let resolved = 0;
    const node = nodeOf(z.lazy(() => [text, resolved++][0] as z.ZodString));
    if (node.kind !== "lazy") throw new Error(node.kind);
    expect(resolved).toBe(0);
    expect(node.resolve()).toBe(text);
  });

  it("recognises our own types, with whatever zod adds to them", () => {
    const node = nodeOf(decimal({ places: 2 }).describe("an amount").min(0));
    expect(node.kind === "own" && node.type.kind).toBe("decimal");
  });
});

describe("partsOf", () => {
  it.each<[string, Schema, Schema[]]>([
    ["fields and other keys", z.object({ text }).catchall(date), [text, date]],
    ["strict objects", z.strictObject({ text }).catchall(never), [text, never]],
    ["items", z.tuple([text], date), [text, date]],
    ["a record's values, not its keys", z.record(text, date), [date]],
    ["options", z.union([text, date]), [text, date]],
    ["both sides", z.intersection(text, date), [text, date]],
    ["what is wrapped", text.default("a"), [text]],
    ["what a pipe puts out", text.pipe(date as never), [date]],
    ["what a lazy schema stands for", z.lazy(() => text), [text]],
    ["nothing of a plain type", text, []],
  ])("lists %s", (_, schema, parts) => {
    expect(partsOf(schema)).toEqual(parts);
  });
});

describe("a rewritten schema", () => {
  it("is the schema itself where no part changes", () => {
    for (const schema of [z.object({ text }), z.tuple([text], date), z.union([text, date]), text.optional(), text])
      expect(withParts(schema, (part) => part)).toBe(schema);
    expect(
      [withChecksOf(text, date), withoutCoercion(text), withoutCoercion(z.coerce.number())].map((one) => one === text),
    ).toEqual([true, true, false]);
  });

  it("has the converted parts, and keeps its checks", () => {
    const schema = z.object({ text, list: z.array(date) }).refine(() => false, "never");
    const converted = withParts(schema, (part) => (part === text ? z.number() : part));
    expect(z.safeParse(converted, { text: 1, list: [] }).error?.issues.map(({ message }) => message)).toEqual([
      "never",
    ]);
    expect(z.safeParse(converted, { text: "a", list: [] }).error?.issues.map(({ path }) => path)).toEqual([["text"]]);
    expect(schema.shape.text).toBe(text);
  });
});

describe("marks and checks", () => {
  const short = checkOf<string>((value) => (value.length > 3 ? "is too long" : undefined));
  const field = marked(z.string().check(short), "colour", "red");

  it("are found on a schema and on what wraps it, whatever zod adds", () => {
    const wrapped = [field, field.describe("x").min(1), field.optional().default("a").readonly().nullable()];
    expect(wrapped.map((schema) => markOf(schema, "colour"))).toEqual(["red", "red", "red"]);
    expect(wrapped.map((schema) => hasCheck(schema, short))).toEqual([true, true, true]);
  });

  it("are not found on other schemas", () => {
    const others = [z.string(), z.array(field), z.string().max(3)];
    expect(others.map((schema) => markOf(schema, "colour"))).toEqual([undefined, undefined, undefined]);
    expect(others.map((schema) => hasCheck(schema, short))).toEqual([false, false, false]);
  });

  it("leave the schema to parse as before", () => {
    expect(field.safeParse("abc").data).toBe("abc");
    expect(field.safeParse("abcd").error?.issues.map(({ message }) => message)).toEqual(["is too long"]);
  });
});

it("isSchema is true of zod's schemas only", () => {
  expect([text, z.object({}), decimal()].map(isSchema)).toEqual([true, true, true]);
  expect([undefined, null, "string", {}, z].map(isSchema)).toEqual([false, false, false, false, false]);
});

it("zod's internals are known to zod-tree.ts alone, and to the types in fields.ts", () => {
  const src = join(__dirname, "../../src");
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const knowing = files.filter((file) =>
    /\b_zod\b|\bz\.core\b|zod\/v4\/core/.test(readFileSync(join(src, file), "utf8")),
  );
  expect(knowing).toEqual(["fields.ts", "zod-tree.ts"].map((file) => join("schema", file)));
});
