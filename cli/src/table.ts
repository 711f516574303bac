import { printable } from "./printable";
import type { Results } from "./results";

export interface Column {
  readonly title: string;
  /** Numbers are set to the right. */
  readonly alignRight?: boolean;
  /** Gives up its middle, down to a few characters, before a line is cut at its end. */
  readonly shrinks?: boolean;
}

/** How many rows decide how wide the columns are: rows are printed as they come and none is kept. */
const SAMPLE = 100;

const GAP = "  ";

/** What a column that shrinks keeps of its content: enough to tell most ids apart. */
const SHRUNK = 16;

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
    widths ??= widthsOf(columns, lines, width);
    const text = lines.map((row) => `${cut(layOut(row, columns, widths ?? [], width), width)}\n`).join("");
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

/** As wide as the content; within `width` as far as the columns that shrink allow it. */
function widthsOf(
  columns: readonly Column[],
  lines: readonly (readonly string[])[],
  width: number | undefined,
): readonly number[] {
  const widths = columns.map((_, index) => Math.max(...lines.map((row) => lengthOf(row[index] ?? ""))));
  if (width === undefined) return widths;
  let excess = widths.reduce((sum, each) => sum + each + GAP.length, -GAP.length) - width;
  return widths.map((full, index) => {
    if (!columns[index]?.shrinks || excess <= 0) return full;
    const shrunk = Math.max(Math.min(full, SHRUNK), full - excess);
    excess -= full - shrunk;
    return shrunk;
  });
}

function layOut(
  row: readonly string[],
  columns: readonly Column[],
  widths: readonly number[],
  width: number | undefined,
): string {
  const cells = row.map((content, index) => {
    const shrinks = columns[index]?.shrinks && width !== undefined;
    const cell = shrinks ? withoutMiddle(content, widths[index] ?? 0) : content;
    const padding = " ".repeat(Math.max(0, (widths[index] ?? 0) - lengthOf(cell)));
    return columns[index]?.alignRight ? padding + cell : cell + padding;
  });
  return cells.join(GAP).trimEnd();
}

/** A line that ends at `width`, with `…` where something is missing. */
export function cut(line: string, width: number | undefined): string {
  if (width === undefined || line.length <= width) return line;
  const characters = [...line];
  return characters.length <= width ? line : `${characters.slice(0, width - 1).join("")}…`;
}

function withoutMiddle(text: string, length: number): string {
  const characters = [...text];
  if (characters.length <= length) return text;
  const start = Math.ceil((length - 1) / 2);
  return `${characters.slice(0, start).join("")}…${characters.slice(start + 1 - length).join("")}`;
}

function lengthOf(text: string): number {
  return [...text].length;
}
