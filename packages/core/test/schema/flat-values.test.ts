import { assignFlat } from "../../src/schema/flat-values";

const keys = ["text", "number", "flag", "missing"];

it("assigns texts, numbers and booleans in the order of the keys, and leaves out what is undefined", () => {
  const target = {};
  expect(assignFlat(target, { flag: false, number: -0, text: "é\n𝄞", missing: undefined }, keys)).toBe(true);
  expect(Object.entries(target)).toEqual([
    ["text", "é\n𝄞"],
    ["number", -0],
    ["flag", false],
  ]);
});

it.each([null, [], {}, 1n, new Date(0), Number.NaN, Number.POSITIVE_INFINITY, "a\0", "\ud800", Symbol("a"), () => 1])(
  "refuses %p",
  (value) => {
    expect(assignFlat({}, { text: "a", number: value }, keys)).toBe(false);
  },
);
