import fc from "fast-check";

import { plainJson } from "../../src/event-store/plain-json";
import { exactJson } from "../../src/schema/exact-json";
import { toStorable } from "../../src/schema/storable";

/** The text that the copying check leads to; undefined for what it refuses. */
function checkedText(value: object): string | undefined {
  try {
    return exactJson(toStorable(value, { subject: "data" }));
  } catch {
    return undefined;
  }
}

const numbers = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY));
const texts = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("\0", "\ud800", "a\udfffb", "C:\\users", "\u0001", "toJSON", "__proto__"),
);
const leaves = fc.oneof(texts, numbers, fc.boolean(), fc.constantFrom(null, undefined, 1n, Symbol("s"), new Date(0)));
const { objects } = fc.letrec<{ parts: unknown; objects: object }>((tie) => ({
  parts: fc.oneof({ maxDepth: 4 }, leaves, fc.array(tie("parts"), { maxLength: 4 }), tie("objects")),
  objects: fc.dictionary(texts, tie("parts"), { maxKeys: 5, noNullPrototype: false }),
}));

it("writes what the copying check writes, and nothing that it refuses", () => {
  let written = 0;
  fc.assert(
    fc.property(objects, (value) => {
      const text = plainJson(value);
      if (text === undefined) return;
      written++;
      expect(text).toBe(checkedText(value));
    }),
    { numRuns: 3_000 },
  );
  expect(written).toBeGreaterThan(200);
});

it("writes the data of ordinary events", () => {
  const data = {
    accountId: "a-1",
    amount: 5.5,
    tags: ["x", { deep: [true, null] }],
    note: undefined,
    ключ: "значение",
  };
  expect(plainJson(data)).toBe('{"accountId":"a-1","amount":5.5,"tags":["x",{"deep":[true,null]}],"ключ":"значение"}');
  expect(plainJson(Object.assign(Object.create(null) as object, { a: 1 }))).toBe('{"a":1}');
});

class Money {
  readonly amount = 5;
}

const holed = [1, 2, 3];
delete holed[1];
const cyclic: Record<string, unknown> = {};
cyclic.self = cyclic;

it.each<[string, object]>([
  ["-0, which JSON makes 0", { a: -0 }],
  ["a number that JSON makes null", { a: [Number.NaN] }],
  ["NUL in a text", { a: "x\0" }],
  ["NUL in a key", { "x\0": 1 }],
  ["a lone surrogate", { a: "\ud800" }],
  ["NUL in the key of a value that is left out", { "x\0": undefined }],
  ["a hole", { a: holed }],
  ["undefined in an array", { a: [undefined] }],
  ["a symbol as key", { [Symbol("s")]: 1 }],
  ["an instance", { a: new Money() }],
  ["a date", { a: new Date(0) }],
  ["a function", { a: () => 1 }],
  ["a bigint", { a: 1n }],
  ["a key that reaches the prototype", JSON.parse('{"a":{"__proto__":{}}}') as object],
  ["the key constructor", { constructor: 1 }],
  ["a toJSON of its own", { toJSON: () => 7 }],
  ["a hidden toJSON", Object.defineProperty({}, "toJSON", { value: () => 7 })],
  ["an array with toJSON", { a: Object.assign([1], { toJSON: () => 7 }) }],
  ["an object within itself", cyclic],
])("leaves %s to the check that looks at each part", (_, value) => {
  expect(plainJson(value)).toBeUndefined();
});
