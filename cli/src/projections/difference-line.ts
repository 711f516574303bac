import { printable } from "../printing/printable";
import { valueInWords } from "../printing/value-in-words";
import { plainValue } from "./row-values";

/** Returns a field of a row that has two values as one line: `balance: 20 stored, 40 expected`. */
export function differenceLine(
  { path, stored, other }: { readonly path: string; readonly stored: unknown; readonly other: unknown },
  word: "expected" | "rebuilt",
): string {
  return printable(`${path}: ${valueInWords(plainValue(stored))} stored, ${valueInWords(plainValue(other))} ${word}`);
}
