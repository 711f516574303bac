import fc from "fast-check";

import { byCodePoints } from "../../src/ports/code-point-order";

describe("byCodePoints", () => {
  it("puts what UTF-16 puts first after the characters below U+10000", () => {
    expect(["\u{1f600}", "\ufb01", "a", "", "\uffff", "ab"].sort(byCodePoints)).toEqual([
      "",
      "a",
      "ab",
      "\ufb01",
      "\uffff",
      "\u{1f600}",
    ]);
  });

  it("orders any two texts as their UTF-8 bytes are ordered", () => {
    const text = fc.string({ unit: "binary", maxLength: 6 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(byCodePoints(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});
