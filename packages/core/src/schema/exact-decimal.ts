import { Decimal as DecimalJs } from "decimal.js";

import { IncorrectUsageError } from "../errors/incorrect-usage-error";

/** How many digits a decimal may have before the point, and how many after it. */
const MAX_DIGITS = 100;

/**
 * A decimal number of decimal.js (`plus`, `times`, `equals`, `toFixed(2)`, …) with settings of its own: sums,
 * differences and products of storable decimals are exact, and texts are never in exponential notation. A quotient that
 * does not come out is as long as 400 digits: round it before it becomes state, or it is refused.
 *
 * Its settings cannot be changed: `Decimal.clone({ precision: 20 })` makes another class with others.
 */
export const Decimal: typeof DecimalJs = DecimalJs.clone({
  defaults: true,
  // Twice as many digits on either side of the point as a factor may have.
  precision: 4 * MAX_DIGITS,
  toExpNeg: -9e15,
  toExpPos: 9e15,
});
export type Decimal = DecimalJs;

// For what tests print of a difference. decimal.js writes its class into each instance, which would be listed there with all
// of its methods: this takes the place of the property that would be written. And Node's assert knows nothing of toString(),
// but prints the tag: `Decimal [12.5] {…}`.
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

/** What a decimal can be given as. */
export type DecimalInput = Decimal | string | number | bigint;

/** Of this class or any other of decimal.js, a second installed copy's too. Parsed JSON never is one. */
export function isDecimal(value: unknown): value is Decimal {
  if (typeof value !== "object" || value === null) return false;
  return value instanceof Decimal || (Decimal.isDecimal(value) && !Object.hasOwn(value, "toStringTag"));
}

/** A frozen Decimal of exactly that value, -0 as 0; or what is wrong with it, in words. */
export function exactDecimal(value: DecimalInput): Decimal | string {
  if (typeof value === "number") return ofNumber(value);
  if (typeof value === "string") return ofText(value);
  if (typeof value === "bigint") return within(new Decimal(value));
  return value.constructor === Decimal && Object.isFrozen(value) ? value : within(new Decimal(value));
}

const NUMERAL = /^[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:e([+-]?\d+))?$/i;

/** Beyond it a Decimal would be infinite, or 0 without a word. */
const MAX_EXPONENT = 1_000_000;

/** How many digits of a fraction a number keeps, whatever they are. */
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
