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

  it("is false of small numbers and early dates under a clock that a test has set to 0", () => {
    jest.useFakeTimers({ now: 0 });
    expect([0, 5_000, new Date(0)].map((value) => isFleeting(() => value))).toEqual([false, false, false]);
    jest.useRealTimers();
  });
});
