import { Decimal } from "@tidemark/core";

import { differences, inLines } from "../../src/given/differences";

describe("differences", () => {
  it("are none between equal values, whatever their classes", () => {
    class Money {
      constructor(readonly amount: number) {}
    }
    expect(
      differences(
        { a: [1, { b: new Date(1) }], money: new Money(1) },
        { a: [1, { b: new Date(1) }], money: { amount: 1 } },
      ),
    ).toEqual([]);
  });

  it("have the path, and both values as code writes them", () => {
    const found = differences(
      { balance: new Decimal("1.1"), at: new Date(0), big: 1n, lines: [{ price: 1 }, { price: 2 }], note: null },
      { balance: new Decimal("1.2"), at: new Date(1), big: 2n, lines: [{ price: 1 }], holder: "Alice" },
    );
    expect(inLines(found)).toBe(
      [
        "  balance: expected 1.1, found 1.2",
        "  at: expected 1970-01-01T00:00:00.000Z, found 1970-01-01T00:00:00.001Z",
        "  big: expected 1n, found 2n",
        "  lines[1]: expected { price: 2 }, found nothing",
        "  note: expected null, found nothing",
        '  holder: expected nothing, found "Alice"',
      ].join("\n"),
    );
  });
});
