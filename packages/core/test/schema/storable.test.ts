import { ValidationError } from "@tidemark/core";

import { MAX_DEPTH, toStorable } from "../../src/schema/storable";

describe("toStorable", () => {
  const faultsOf = (value: unknown, rich = false): unknown => {
    try {
      toStorable(value, { subject: "data", rich });
    } catch (error) {
      if (error instanceof ValidationError) return error.messages;
      throw error;
    }
    return "none";
  };

  it("copies deeply and freezes the copy, leaving the original alone", () => {
    const original = { list: [{ n: 1 }], text: "a" };
    const copy = toStorable(original, { subject: "data" });
    original.list[0]!.n = 2;
    expect(copy).toEqual({ list: [{ n: 1 }], text: "a" });
    expect([copy, copy.list, copy.list[0]].every(Object.isFrozen)).toBe(true);
    expect(Object.isFrozen(original)).toBe(false);
  });

  it("keeps a negative zero and leaves out what is undefined", () => {
    const copy = toStorable({ zero: -0, nothing: undefined }, { subject: "data" });
    expect(Object.is(copy.zero, -0)).toBe(true);
    expect(Object.keys(copy)).toEqual(["zero"]);
  });

  it("takes objects without prototype", () => {
    expect(toStorable(Object.assign(Object.create(null), { a: 1 }), { subject: "data" })).toEqual({ a: 1 });
  });

  it("names the path of every value that cannot be stored", () => {
    expect(faultsOf({ a: Number.NaN, b: [1, undefined], c: { d: new Map() }, e: 1n, f: "\0", g: "\ud800" })).toEqual({
      a: ["NaN cannot be stored as a number"],
      "b.1": ["a value of type undefined cannot be stored"],
      "c.d": ["an instance of Map cannot be stored; store its plain values"],
      e: ["a bigint cannot be stored here; write it as a string"],
      f: ["NUL cannot be stored in a string"],
      g: ["a lone surrogate cannot be stored: the string is not valid Unicode"],
    });
  });

  it("refuses keys that reach a prototype, at the top and at any depth", () => {
    for (const key of ["__proto__", "constructor", "prototype"]) {
      const complaint = [`the key "${key}" is not allowed`];
      expect(Object.entries(faultsOf(JSON.parse(`{"${key}":1}`)) as object)).toEqual([[key, complaint]]);
      expect(faultsOf(JSON.parse(`{"a":[{"${key}":{}}]}`))).toEqual({ [`a.0.${key}`]: complaint });
    }
  });

  it("keeps dates and bigints only for a caller that encodes them, and never an invalid date", () => {
    const date = new Date(5);
    const copy = toStorable({ date, big: 5n }, { subject: "state", rich: true });
    expect(copy).toEqual({ date: new Date(5), big: 5n });
    expect(copy.date).not.toBe(date);
    expect(faultsOf({ date })).toEqual({ date: ["an instance of Date cannot be stored; store its plain values"] });
    expect(faultsOf({ date: new Date(Number.NaN) }, true)).toEqual({ date: ["an invalid date cannot be stored"] });
  });

  it("takes the depth that it names and refuses one level more", () => {
    const nested = (levels: number) => {
      let value: unknown = 1;
      for (let level = 0; level < levels; level++) value = [value];
      return value;
    };
    expect(faultsOf(nested(MAX_DEPTH))).toBe("none");
    expect(Object.values(faultsOf(nested(MAX_DEPTH + 1)) as object)).toEqual([["nested deeper than 1000 levels"]]);
    expect(Object.values(faultsOf(nested(5_000)) as object)).toEqual([["nested deeper than 1000 levels"]]);
  });

  it("refuses an object that contains itself", () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    expect(Object.values(faultsOf(circle) as object)).toEqual([["nested deeper than 1000 levels"]]);
  });
});
