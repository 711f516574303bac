import { isFleeting } from "../../src/schema/field-default";

describe("isFleeting", () => {
  it.each<[string, () => unknown]>([
    ["the date of now", () => new Date()],
    ["the time of day in milliseconds", () => Date.now()],
    ["a random number", () => Math.random()],
    ["a random text", () => String(Math.random())],
    ["a date inside of an object", () => ({ list: [{ at: new Date() }] })],
  ])("is true of %s", (_, read) => {
    expect(isFleeting(read)).toBe(true);
  });

  it.each<[string, unknown]>([
    ["a fixed date", new Date(0)],
    ["a number", 5],
    ["NaN", Number.NaN],
    ["nothing", undefined],
    ["an object", { list: [1, null, "x", { at: new Date(0) }] }],
  ])("is false of %s", (_, value) => {
    expect(isFleeting(() => structuredClone(value))).toBe(false);
  });
});
