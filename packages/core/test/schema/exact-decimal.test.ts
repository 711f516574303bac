import assert from "node:assert";

import { Decimal as DecimalJs } from "decimal.js";
import fc from "fast-check";

import { IncorrectUsageError } from "../../src/errors/incorrect-usage-error";
import { Decimal, type DecimalInput, exactDecimal, isDecimal } from "../../src/schema/exact-decimal";

/** Up to so many digits before and after the point. */
function numerals(digits: number): fc.Arbitrary<string> {
  const someDigits = fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 1, maxLength: digits });
  return fc.tuple(fc.constantFrom("", "-"), someDigits, someDigits).map(([sign, a, b]) => `${sign}${a}.${b}`);
}

/** The same value as a whole number of 1e-100, or of 1e-200. */
function scaled(numeral: string, places: number): bigint {
  const [whole = "", fraction = ""] = numeral.replace("-", "").split(".");
  const size = BigInt(whole + fraction.padEnd(places, "0"));
  return numeral.startsWith("-") ? -size : size;
}

function text(value: DecimalInput): string {
  const decimal = exactDecimal(value);
  if (typeof decimal === "string") throw new Error(decimal);
  return decimal.toFixed();
}

const HUNDRED_NINES = "9".repeat(100);

describe("exactDecimal", () => {
  it.each<[DecimalInput, string]>([
    ["0.1", "0.1"],
    ["+12.50", "12.5"],
    ["-0.00000000000000000000000000000000000001", "-0.00000000000000000000000000000000000001"],
    ["1234567890123456789012345678901234567890.5", "1234567890123456789012345678901234567890.5"],
    ["1.5e3", "1500"],
    ["1E-30", "0.000000000000000000000000000001"],
    [".5", "0.5"],
    ["007", "7"],
    ["1e-100", `0.${"0".repeat(99)}1`],
    [`${HUNDRED_NINES}.${HUNDRED_NINES}`, `${HUNDRED_NINES}.${HUNDRED_NINES}`],
    [19.99, "19.99"],
    [-1e-7, "-0.0000001"],
    [Number.MAX_SAFE_INTEGER, "9007199254740991"],
    [123456789012345678901234567890n, "123456789012345678901234567890"],
    [new Decimal("0.10"), "0.1"],
    [new DecimalJs("1e-30"), "0.000000000000000000000000000001"],
  ])("keeps %s", (value, kept) => {
    expect(text(value)).toBe(kept);
  });

  it.each<DecimalInput>(["-0", "-0.000", -0, new Decimal("-0"), new Decimal(0).times(-1)])(
    "takes %s for 0",
    (value) => {
      const zero = exactDecimal(value) as Decimal;
      expect([zero.toFixed(), zero.valueOf(), zero.isNegative()]).toEqual(["0", "0", false]);
    },
  );

  it.each<[DecimalInput, string]>([
    ["12,50", '"12,50" is not a decimal number, such as "12.50"'],
    ["", '"" is not a decimal number, such as "12.50"'],
    [" 1", '" 1" is not a decimal number, such as "12.50"'],
    ["1\n", '"1\\n" is not a decimal number, such as "12.50"'],
    ["1.", '"1." is not a decimal number, such as "12.50"'],
    ["1_000", '"1_000" is not a decimal number, such as "12.50"'],
    ["0x1F", '"0x1F" is not a decimal number, such as "12.50"'],
    ["NaN", '"NaN" is not a decimal number, such as "12.50"'],
    ["Infinity", '"Infinity" is not a decimal number, such as "12.50"'],
    ["x".repeat(50), `"${"x".repeat(40)}…" is not a decimal number, such as "12.50"`],
    [Number.NaN, "NaN is not a decimal number"],
    [Number.NEGATIVE_INFINITY, "-Infinity is not a decimal number"],
    [new Decimal(Number.NaN), "NaN is not a decimal number"],
    [new Decimal(1).div(0), "Infinity is not a decimal number"],
    [
      0.1 + 0.2,
      "0.30000000000000004 has more digits than a number keeps exactly; give it as a string, or compute it with Decimal",
    ],
    [
      2 ** 53,
      "9007199254740992 has more digits than a number keeps exactly; give it as a string, or compute it with Decimal",
    ],
    ["1e100", "it has 101 digits before the point; a decimal has at most 100"],
    [10n ** 200n, "it has 201 digits before the point; a decimal has at most 100"],
    ["1e-101", "it has 101 decimal places; a decimal has at most 100: round it, as with toDecimalPlaces(2)"],
    ["1e9000000000000001", '"1e9000000000000001" has more than 100 digits before or after the point'],
    ["1e-9000000000000001", '"1e-9000000000000001" has more than 100 digits before or after the point'],
    [
      new Decimal(1).div(3),
      "it has 400 decimal places; a decimal has at most 100: round it, as with toDecimalPlaces(2)",
    ],
  ])("refuses %s", (value, fault) => {
    expect(exactDecimal(value)).toBe(fault);
  });

  it("gives a frozen copy, and itself when given one", () => {
    const given = new Decimal("1.5");
    const exact = exactDecimal(given) as Decimal;
    expect([Object.isFrozen(exact), Object.isFrozen(exact.d), exact === given]).toEqual([true, true, false]);
    expect(exactDecimal(exact)).toBe(exact);
  });

  it("reads what it writes, for every decimal that can be stored", () => {
    fc.assert(fc.property(numerals(100), (numeral) => expect(text(text(numeral))).toBe(text(numeral))));
    fc.assert(fc.property(numerals(100), (numeral) => expect(scaled(text(numeral), 100)).toBe(scaled(numeral, 100))));
  });
});

describe("Decimal", () => {
  it("adds, subtracts and multiplies all that can be stored without losing a digit", () => {
    fc.assert(
      fc.property(numerals(100), numerals(100), (a, b) => {
        const [x, y] = [exactDecimal(a) as Decimal, exactDecimal(b) as Decimal];
        const [i, j] = [scaled(a, 100), scaled(b, 100)];
        expect(scaled(x.plus(y).toFixed(), 100)).toBe(i + j);
        expect(scaled(x.minus(y).toFixed(), 100)).toBe(i - j);
        expect(scaled(x.times(y).toFixed(), 200)).toBe(i * j);
      }),
    );
  });

  it("computes with frozen operands as with others, and leaves them as they are", () => {
    const operations: ((x: Decimal, y: Decimal) => unknown)[] = [
      (x, y) => [x.plus(y), x.minus(y), x.times(y), x.div(y.abs().plus(1)), x.mod(y.abs().plus(1)), x.cmp(y)],
      (x, y) => [x.abs(), x.neg(), x.ceil(), x.floor(), x.round(), x.trunc(), x.divToInt(y.abs().plus(1))],
      (x) => [x.toDecimalPlaces(1), x.toSignificantDigits(3), x.toFixed(2), x.toPrecision(4), x.toNearest("0.05")],
      (x, y) => [Decimal.max(x, y), Decimal.min(x, y), Decimal.sum(x, y, x), x.clamp(-5, 5), x.abs().sqrt(), x.pow(3)],
      (x, y) => [x.eq(y), x.lt(y), x.toNumber(), x.toString(), JSON.stringify(x), x.precision(), x.toFraction(100)],
    ];
    fc.assert(
      fc.property(numerals(12), numerals(12), (a, b) => {
        const frozen = [exactDecimal(a) as Decimal, exactDecimal(b) as Decimal] as const;
        const free = [new Decimal(frozen[0]), new Decimal(frozen[1])] as const;
        for (const operate of operations) expect(String(operate(...frozen))).toBe(String(operate(...free)));
        expect(frozen.map((each) => each.toFixed())).toEqual([text(a), text(b)]);
      }),
      { numRuns: 30 },
    );
  });

  it("is written in plain notation wherever it is printed", () => {
    const small = new Decimal("1e-50");
    const plain = `0.${"0".repeat(49)}1`;
    expect([String(small), JSON.stringify({ small }), small.toFixed()]).toEqual([plain, `{"small":"${plain}"}`, plain]);
    expect(String(new Decimal("1e50"))).toBe(`1${"0".repeat(50)}`);
  });

  it("has its text and nothing but its digits where tests print what differs", () => {
    for (const decimal of [new Decimal("1.1"), new Decimal(1).plus("0.1"), exactDecimal("1.1") as Decimal]) {
      expect(Object.keys(decimal).sort()).toEqual(["d", "e", "s"]);
      expect(decimal.constructor).toBe(Decimal);
    }
    expect(() => assert.deepStrictEqual({ sum: new Decimal("1.1") }, { sum: new Decimal("1.2") })).toThrow(
      /\+ +sum: Decimal \[1\.1\] \{\n- +sum: Decimal \[1\.2\] \{\n(?!.*Function)/s,
    );
    assert.deepStrictEqual(new Decimal(1).plus("0.1"), exactDecimal("1.1"));
  });

  it("has settings that no one can change", () => {
    expect(() => Decimal.set({ precision: 3 })).toThrow(IncorrectUsageError);
    expect(() => Decimal.config({ rounding: 1 })).toThrow(
      "Cannot change the settings of Decimal: every sum in this process would depend on them; make a class of your own with Decimal.clone({…})",
    );
    expect([Decimal.precision, Decimal.rounding]).toEqual([400, Decimal.ROUND_HALF_UP]);
  });

  it("does not mind what an application sets in decimal.js", () => {
    const { precision, rounding, toExpNeg, toExpPos, maxE, minE } = DecimalJs;
    DecimalJs.set({ precision: 2, rounding: 1, toExpNeg: 0, toExpPos: 0, maxE: 3, minE: -3 });
    try {
      expect(text("123456789.000001")).toBe("123456789.000001");
      expect(text(new Decimal("0.1").plus("1234567890"))).toBe("1234567890.1");
    } finally {
      DecimalJs.set({ precision, rounding, toExpNeg, toExpPos, maxE, minE });
    }
  });

  it("can be cloned with other settings, whose results are stored as they are", () => {
    const Coarse = Decimal.clone({ precision: 3, rounding: Decimal.ROUND_DOWN });
    expect(text(new Coarse(2).div(3))).toBe("0.666");
    expect(Decimal.precision).toBe(400);
  });
});

describe("isDecimal", () => {
  it("knows decimals of other classes and of a second copy of decimal.js", () => {
    jest.isolateModules(() => {
      const { Decimal: Second } = require("decimal.js") as typeof import("decimal.js");
      const second = new Second("1.5");
      expect(second instanceof Decimal).toBe(false);
      expect([isDecimal(new Decimal(1)), isDecimal(new DecimalJs(1)), isDecimal(second)]).toEqual([true, true, true]);
      expect(text(second)).toBe("1.5");
    });
  });

  it("is not misled by what only looks like one", () => {
    const parsed: unknown = JSON.parse('{"toStringTag":"[object Decimal]","s":1,"e":0,"d":[5]}');
    expect([parsed, { ...new Decimal(1) }, "1", 1, 1n, null, undefined, new Date()].map(isDecimal)).toEqual(
      Array(8).fill(false),
    );
  });
});
