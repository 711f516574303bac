import { Money } from "../src/domain";
import { euro } from "./fixtures/happened";

describe("money", () => {
  it("is exact where numbers are not", () => {
    expect(euro("0.10").plus(euro("0.20")).equals(euro("0.30"))).toBe(true);
  });

  it("is multiplied, and shown with two places", () => {
    expect(String(euro("12.50").times(3))).toBe("37.50 EUR");
  });

  it.each([
    ["59.90", 10, "53.91"],
    ["0.10", 25, "0.08"],
    ["0.50", 25, "0.38"],
    ["0.50", 35, "0.32"],
  ])("of %s less %i percent is %s, half a cent to the even one", (amount, percent, left) => {
    expect(euro(amount).lessPercent(percent)).toEqual(euro(left));
  });

  it("is never negative, nor finer than a cent", () => {
    expect(() => euro("-1")).toThrow("amount");
    expect(() => euro("0.005")).toThrow("amount");
  });

  it("of two currencies makes no sum", () => {
    expect(() => euro("1").plus(new Money({ amount: "1", currency: "USD" }))).toThrow("Cannot add USD to EUR");
  });
});
