import fc from "fast-check";

import { exactJson } from "../../src/schema/exact-json";

describe("exactJson", () => {
  it("writes a negative zero wherever it stands", () => {
    expect(exactJson({ a: -0, b: [0, -0, { c: -0 }], d: "-0" })).toBe('{"a":-0,"b":[0,-0,{"c":-0}],"d":"-0"}');
    expect(exactJson(-0)).toBe("-0");
  });

  it("does not take a text for a negative zero that is written like the mark for one", () => {
    const value = { a: -0, b: "\\u0000-0", c: '"\\u0000-0"' };
    expect(JSON.parse(exactJson(value))).toEqual(value);
  });

  it("gives every JSON value back exactly", () => {
    const withoutNul = fc.jsonValue().filter((value) => !JSON.stringify(value).includes("\\u0000"));
    fc.assert(
      fc.property(withoutNul, (value) => {
        expect(JSON.parse(exactJson(value))).toStrictEqual(value);
      }),
    );
  });
});
