import { decimalOrderKey } from "@tidemark/core/adapter";
import fc from "fast-check";

const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 1, maxLength: length });

const decimal = fc
  .tuple(fc.boolean(), digits(100), fc.option(digits(100), { nil: undefined }))
  .map(
    ([isNegative, whole, fraction]) =>
      `${isNegative ? "-" : ""}${whole}${fraction === undefined ? "" : `.${fraction}`}`,
  );

/** In units of 10^-100. */
function scaled(text: string): bigint {
  const [whole, fraction = ""] = text.split(".");
  return BigInt(`${whole}${fraction.padEnd(100, "0")}`);
}

describe("decimalOrderKey", () => {
  it("puts decimals in the order of their values", () => {
    const decimals = [
      "-100",
      "-10",
      "-9.51",
      "-9.5",
      "-1",
      "-0.1",
      "-0.09",
      "0",
      "0.001",
      "0.01",
      "0.1",
      "1",
      "9.05",
      "9.5",
      "10",
    ];
    const keys = decimals.map(decimalOrderKey);
    expect(keys.toSorted()).toEqual(keys);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("gives the same text for the same value, whatever zeros it is written with", () => {
    const equal = [
      ["0", "-0", "0.00", "-0.0", "000", ".0"],
      ["1.5", "1.50", "01.5", "1.500"],
      ["-100", "-100.0", "-0100"],
      ["0.05", ".05", "0.050"],
    ];
    for (const texts of equal) expect(new Set(texts.map(decimalOrderKey)).size).toBe(1);
  });

  it("orders any two decimals of 100 digits on either side of the point", () => {
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        const [left, right] = [decimalOrderKey(a), decimalOrderKey(b)];
        const [expected, found] = [scaled(a) - scaled(b), Number(left > right) - Number(left < right)];
        return found === Number(expected > 0n) - Number(expected < 0n);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(["", "-", ".", "1e5", "abc", "1,5", "--1", " 1", "NaN"])("refuses %j, which is no decimal", (text) => {
    expect(() => decimalOrderKey(text)).toThrow(`${JSON.stringify(text)} is no decimal`);
  });
});
