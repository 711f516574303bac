import { printable } from "../printing/printable";
import { valueInWords } from "../printing/value-in-words";
import { plainValue } from "./row-values";

interface Difference {
  /** Empty where the whole row is stored or missing. */
  readonly path: string;
  readonly stored: unknown;
  /** What the events give. */
  readonly folded: unknown;
}

/** Returns a place where a row has two values as one line: `balance: 20 stored, 40 expected`. @param word what the events give. */
export function differenceLine(
  { path, stored, folded }: Difference,
  word: "expected" | "rebuilt" | "by the events",
): string {
  const place = path === "" ? "row" : path;
  const [before, after] = [valueInWords(plainValue(stored)), valueInWords(plainValue(folded))];
  return printable(`${place}: ${before} stored, ${after} ${word}`);
}
