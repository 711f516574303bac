import { IncorrectUsageError } from "../errors/incorrect-usage-error";

const DIGITS = /^(-?)0*(\d*?)(?:\.(\d*?)0*)?$/;
const NINES_COMPLEMENT = "9876543210";
/** More digits before or behind the point than any store takes. */
const EXPONENT_OFFSET = 500_000;

/**
 * Turns the digits of a decimal into a text that has the same place among such texts, compared by their code points, as the decimal
 * has among decimals. Decimals of the same value give the same text, whatever zeros they end with.
 *
 * @throws IncorrectUsageError for what are no digits.
 */
export function decimalOrderKey(digits: string): string {
  const [, sign, whole, fraction = ""] = /\d/.test(digits) ? (DIGITS.exec(digits) ?? []) : [];
  if (whole === undefined)
    throw new IncorrectUsageError(`${JSON.stringify(digits)} is no decimal: digits were expected`);
  const firstDigit = fraction.search(/[1-9]/);
  if (whole === "" && firstDigit < 0) return "1";
  const exponent = whole === "" ? -firstDigit : whole.length;
  const significant = `${whole}${fraction}`.replace(/^0+|0+$/g, "");
  const key = `${String(exponent + EXPONENT_OFFSET).padStart(6, "0")}${significant}`;
  if (sign === "") return `2${key}`;
  // The larger the digits, the smaller the number; "~" is above all digits, so that -1.5 comes behind -1.51.
  return `0${key.replace(/\d/g, (digit) => NINES_COMPLEMENT[Number(digit)]!)}~`;
}
