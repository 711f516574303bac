import { IncorrectUsageError } from "../errors/incorrect-usage-error";

/** @throws IncorrectUsageError unless `value` is a whole number from 0. */
export function naturalNumber(name: string, value: unknown): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw new IncorrectUsageError(`${JSON.stringify(name)} must be a whole number from 0, not ${inWords(value)}`, {
    [name]: value,
  });
}

/** Reads a global position, which a caller may give as a number or as its digits. */
export function cursor(after: unknown): number {
  const digits = typeof after === "string" && /^\d+$/.test(after);
  return naturalNumber("after", digits ? Number(after) : after);
}

function inWords(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
