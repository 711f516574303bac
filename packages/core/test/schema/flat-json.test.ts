import { z } from "zod";

import { exactJson } from "../../src/schema/exact-json";
import { FlatJson, jsonString } from "../../src/schema/flat-json";
import { Shape } from "../../src/schema/shape";

const TEXTS = [
  "",
  "a",
  'a "b" \\ c',
  "tab\tline\nreturn\r",
  "\u0001\u001f\u007f",
  "é €  𝄞",
  "</script>",
  "x".repeat(999),
];
const NUMBERS = [0, -0, 1, -1, 0.1, 1e21, 1e-7, 2 ** 53, -1.5e300, 5e-324];

describe("jsonString", () => {
  it.each(TEXTS)("writes %j as JSON.stringify does", (text) => {
    expect(jsonString(text)).toBe(JSON.stringify(text));
  });
});

describe("FlatJson", () => {
  const keys = ["text", "number", "flag", 'a "key"', "0"];
  const writer = new FlatJson(keys);

  it("writes texts, numbers and booleans as they were written before, in the order of the keys", () => {
    for (const text of TEXTS)
      for (const number of NUMBERS)
        for (const flag of [true, false, undefined]) {
          const values = { text, number, flag, 'a "key"': text };
          expect(writer.write(values)).toBe(exactJson(values));
        }
  });

  it("leaves out what is undefined, the first field and all of them too", () => {
    expect(writer.write({ flag: true })).toBe('{"flag":true}');
    expect(writer.write({})).toBe("{}");
  });

  it.each([null, [1], { a: 1 }, 1n, new Date(0)])("leaves an object with %p to whoever asks", (value) => {
    expect(writer.write({ text: "a", number: value })).toBeUndefined();
  });
});

describe("the text of a shape", () => {
  it("is that of what its codec makes, for every kind of field", () => {
    const shape = new Shape({
      name: z.string(),
      amount: z.number(),
      note: z.string().optional(),
      at: z.date().optional(),
      big: z.bigint().optional(),
      list: z.array(z.number()).optional(),
      any: z.unknown().optional(),
    });
    for (const more of [
      {},
      { note: "n" },
      { at: new Date(5) },
      { big: 5n },
      { list: [1, -0] },
      { any: "~text" },
      { any: null },
    ]) {
      const values = shape.parse({ name: 'a"b', amount: -0, ...more }, "values");
      expect(shape.json(values)).toBe(exactJson(shape.encode({ ...values })));
    }
  });

  it("does not ask a message for what it prints", () => {
    const shape = new Shape({ parts: z.array(z.string()) });
    const values = Object.create({ toJSON: () => "printed" }, { parts: { value: ["a"], enumerable: true } }) as object;
    expect(shape.json(values)).toBe('{"parts":["a"]}');
  });
});
