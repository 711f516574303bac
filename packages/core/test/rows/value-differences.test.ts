import { valueDifferences } from "../../src/rows/value-differences";
import { Decimal } from "../../src/schema/exact-decimal";

const between = (stored: unknown, expected: unknown) => [...valueDifferences(stored, expected, ["field"])];

describe("valueDifferences", () => {
  it("finds none between values that are equal, however they are written", () => {
    expect(between(new Decimal("1.50"), new Decimal("1.5"))).toEqual([]);
    expect(between(new Date(5), new Date(5))).toEqual([]);
    expect(between({ a: [1n, null] }, { a: [1n, null] })).toEqual([]);
  });

  it("names each place by its path, with undefined for nothing", () => {
    expect(between({ a: [1, 2], "b c": { d: 1 } }, { a: [1], "b c": { d: 2 } })).toEqual([
      { path: "field.a[1]", stored: 2, expected: undefined },
      { path: 'field."b c".d', stored: 1, expected: 2 },
    ]);
  });

  it("tells values of another type and signs of 0 apart", () => {
    expect(between("1", 1)).toEqual([{ path: "field", stored: "1", expected: 1 }]);
    expect(between(-0, 0)).toEqual([{ path: "field", stored: -0, expected: 0 }]);
  });
});
