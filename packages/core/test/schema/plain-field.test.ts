import { z } from "zod";

import { decimal, identifier, status, ValueObject, valueObject } from "../../src/index";
import { storingAtAGlance, storingOfAll } from "../../src/schema/plain-field";
import { Shape } from "../../src/schema/shape";

class Money extends ValueObject({ cents: z.number() }) {}

interface Tree {
  readonly children: readonly Tree[];
}
const tree: z.ZodType<Tree> = z.object({
  get children() {
    return z.array(tree);
  },
});

describe("a glance at a field", () => {
  it.each<[string, z.ZodType, "as-is" | "converted" | undefined]>([
    ["a text", z.string().min(1), "as-is"],
    ["an identifier", identifier(), "as-is"],
    ["a status", status({ transitions: { OPEN: ["CLOSED"], CLOSED: [] } }), "as-is"],
    ["a number with a refinement", z.number().refine((value) => value % 2 === 0), "as-is"],
    ["an enum with a default", z.enum(["A", "B"]).default("A"), "as-is"],
    ["a list of objects", z.array(z.object({ name: z.string().nullable() })).optional(), "as-is"],
    ["a date", z.date(), "converted"],
    ["a bigint in an object", z.object({ cents: z.bigint().optional() }), "converted"],
    ["an async refinement", z.string().refine(async () => true), undefined],
    ["an async refinement in an object", z.object({ name: z.string().refine(async () => true) }), undefined],
    ["a value object", valueObject(Money), undefined],
    ["a list of value objects", z.array(valueObject(Money)), undefined],
    ["a decimal", decimal(), undefined],
    ["a Map", z.map(z.string(), z.string()), undefined],
    ["anything", z.any(), undefined],
    ["an object of any keys", z.looseObject({ name: z.string() }), undefined],
    ["a name that is not allowed", z.object({ constructor: z.string() }), undefined],
    ["a field that contains itself", tree, undefined],
    ["something that is no schema", "text" as never, undefined],
  ])("tells how %s is stored, or that it has to be looked at in full", (_, field, storing) => {
    expect(storingAtAGlance(field)).toBe(storing);
  });

  it("tells of several fields that one of them is converted", () => {
    expect(storingOfAll({ name: z.string(), at: z.date().optional() })).toBe("converted");
    expect(storingOfAll({ name: z.string(), price: decimal() })).toBeUndefined();
  });
});

it("a shape that was declared after a glance converts its values as any other", () => {
  const shape = new Shape({ name: z.string(), at: z.date() });
  expect(shape.needsDecoding).toBe(true);
  const values = shape.parse({ name: "Ann", at: new Date(0) }, "Opened");
  expect(shape.encode(values)).toEqual({ name: "Ann", at: "1970-01-01T00:00:00.000Z" });
  expect(shape.decode({ name: "Ann", at: "1970-01-01T00:00:00.000Z" })).toEqual(values);
  expect(new Shape({ name: z.string() }).needsDecoding).toBe(false);
});
