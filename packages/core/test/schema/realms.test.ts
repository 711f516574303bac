import { runInNewContext } from "node:vm";

import { toStorable } from "../../src/schema/storable";

describe("values of another realm", () => {
  it("are plain objects, arrays and dates all the same", () => {
    const value: unknown = runInNewContext("({ list: [{ a: 1 }], when: new Date(5) })");
    expect(toStorable(value, { subject: "data", rich: true })).toEqual({ list: [{ a: 1 }], when: new Date(5) });
  });

  it("that are instances of a class are refused all the same", () => {
    const value: unknown = runInNewContext("({ odd: new (class Money {})() })");
    expect(() => toStorable(value, { subject: "data" })).toThrow("an instance of Money cannot be stored");
  });
});
