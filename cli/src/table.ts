import { printable } from "./printable";
import type { Results } from "./results";

export interface Column {
  readonly title: string;
  /** Numbers are set to the right. */
  readonly alignRight?: boolean;
}

/** How many rows decide how wide the columns are: rows are printed as they come and none is kept. */
const SAMPLE = 100;

const GAP = "  ";

/**
 * Prints rows under their titles, one line each. Lines end at `width`; without one, nothing is cut.
 *
 * @returns how many rows there were. Without rows nothing is printed.
 */
export async function printTable(
  columns: readonly Column[],
  rows: AsyncIterable<readonly string[]>,
  { results, width }: { results: Results; width: number | undefined },
): Promise<number> {
  let count = 0;
  let widths: readonly number[] | undefined;
  let sample: (readonly string[])[] = [];
  const flush = async () => {
    if (sample.length === 0) return;
    const titles = columns.map(({ title }) => title);
    const lines = widths === undefined ? [titles, ...sample] : sample;
    widths ??= columns.map((_, index) => Math.max(...lines.map((row) => lengthOf(row[index] ?? ""))));
    const text = lines.map((row) => `${cut(layOut(row, columns, widths ?? []), width)}\n`).join("");
    sample = [];
    await results.print(text);
  };
  for await (const row of rows) {
    count++;
    sample.push(row.map(printable));
    if (sample.length === SAMPLE) await flush();
    if (results.isClosed) break;
  }
  await flush();
  return count;
}

function layOut(row: readonly string[], columns: readonly Column[], widths: readonly number[]): string {
  const cells = row.map((cell, index) => {
    const padding = " ".repeat(Math.max(0, (widths[index] ?? 0) - lengthOf(cell)));
    return columns[index]?.alignRight ? padding + cell : cell + padding;
  });
  return cells.join(GAP).trimEnd();
}

function cut(line: string, width: number | undefined): string {
  if (width === undefined || line.length <= width) return line;
  const characters = [...line];
  return characters.length <= width ? line : `${characters.slice(0, width - 1).join("")}…`;
}

function lengthOf(text: string): number {
  return [...text].length;
}
