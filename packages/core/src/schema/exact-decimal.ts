import { Decimal as DecimalJs } from "decimal.js";

import { IncorrectUsageError } from "../errors/incorrect-usage-error";

/** The largest number of digits before the point, and after it. */
const MAX_DIGITS = 100;

/**
 * A decimal number of decimal.js (`plus`, `times`, `equals`, `toFixed(2)`, …) with settings of its own: sums, differences and
 * products of storable decimals are exact, and texts are never in exponential notation. A quotient without a finite number of digits
 * has 400: round it before it becomes state, otherwise it is refused.
 *
 * Its settings cannot be changed: `Decimal.clone({ precision: 20 })` makes another class with other settings.
 */
export const Decimal: typeof DecimalJs = DecimalJs.clone({
  defaults: true,
  // Twice as many digits on either side of the point as a factor may have.
  precision: 4 * MAX_DIGITS,
  toExpNeg: -9e15,
  toExpPos: 9e15,
});
export type Decimal = DecimalJs;

// Keeps the output of failed tests short. decimal.js writes its class into a property of each instance, and test runners would print
// the class with all its methods: this accessor swallows the write. Node's assert does not use toString(), but prints the tag:
// `Decimal [12.5] {…}`.
Object.defineProperty(Decimal, "prototype", {
  value: Object.create(DecimalJs.prototype as object, {
    constructor: { get: () => Decimal, set: () => undefined },
    [Symbol.toStringTag]: {
      get(this: DecimalJs) {
        return this.toString();
      },
    },
  }),
});

Decimal.set = Decimal.config = () => {
  throw new IncorrectUsageError(
    "Cannot change the settings of Decimal: every sum in this process would depend on them; make a class of your own with Decimal.clone({…})",
  );
};

/** The values that a decimal can be made of. */
export type DecimalInput = Decimal | string | number | bigint;

/** True for an instance of this class or of another class of decimal.js, even of a second installed copy. False for parsed JSON. */
export function isDecimal(value: unknown): value is Decimal {
  if (typeof value !== "object" || value === null) return false;
  return value instanceof Decimal || (Decimal.isDecimal(value) && !Object.hasOwn(value, "toStringTag"));
}

/** Returns a frozen Decimal with exactly this value, and 0 for -0; or a text that says what is wrong with the value. */
export function exactDecimal(value: DecimalInput): Decimal | string {
  if (typeof value === "number") return ofNumber(value);
  if (typeof value === "string") return ofText(value);
  if (typeof value === "bigint") return within(new Decimal(value));
  return value.constructor === Decimal && Object.isFrozen(value) ? value : within(new Decimal(value));
}

const NUMERAL = /^[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:e([+-]?\d+))?$/i;

/** With a larger exponent a Decimal would silently become infinite, or 0. */
const MAX_EXPONENT = 1_000_000;

/** A number keeps every fraction of this many digits. */
const NUMBER_DIGITS = 15;

function ofText(text: string): Decimal | string {
  const numeral = NUMERAL.exec(text);
  if (numeral === null) return `${excerpt(text)} is not a decimal number, such as "12.50"`;
  if (Math.abs(Number(numeral[1] ?? 0)) > MAX_EXPONENT)
    return `${excerpt(text)} has more than ${MAX_DIGITS} digits before or after the point`;
  return within(new Decimal(text));
}

function ofNumber(number: number): Decimal | string {
  if (!Number.isFinite(number)) return `${number} is not a decimal number`;
  const decimal = new Decimal(number);
  const isExact = Number.isInteger(number) ? Number.isSafeInteger(number) : decimal.precision() <= NUMBER_DIGITS;
  if (isExact) return within(decimal);
  return `${number} has more digits than a number keeps exactly; give it as a string, or compute it with Decimal`;
}

function within(decimal: Decimal): Decimal | string {
  if (!decimal.isFinite()) return `${decimal} is not a decimal number`;
  if (decimal.e >= MAX_DIGITS)
    return `it has ${decimal.e + 1} digits before the point; a decimal has at most ${MAX_DIGITS}`;
  const places = decimal.decimalPlaces();
  if (places > MAX_DIGITS)
    return `it has ${places} decimal places; a decimal has at most ${MAX_DIGITS}: round it, as with toDecimalPlaces(2)`;
  return frozen(decimal.isZero() ? new Decimal(0) : decimal);
}

function frozen(decimal: Decimal): Decimal {
  Object.freeze(decimal.d);
  return Object.freeze(decimal);
}

function excerpt(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
