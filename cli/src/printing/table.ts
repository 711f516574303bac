import { cutEnd, cutMiddle, displayWidth, type WidthOf } from "./display-width";
import { printable } from "./printable";
import type { Results } from "./results";

export interface Column {
  readonly title: string;
  /** Numbers are aligned to the right. */
  readonly alignRight?: boolean;
  /** Loses its middle, down to a few characters, before a line is cut at its end. */
  readonly shrinks?: boolean;
}

/** How many rows decide how wide the columns are: rows are printed as they arrive, and no row is kept. */
const SAMPLE = 100;

const GAP = "  ";

/** The columns that a shrinking cell keeps of its content: enough to tell most ids apart. */
const SHRUNK = 16;

/** The most code units that one column of a terminal shows: a family of emoji has eleven on two columns. */
const UNITS_OF_A_COLUMN = 8;

/**
 * Prints rows under their titles, one line each. On a terminal, lines end at its edge.
 *
 * @returns the number of rows. Without rows nothing is printed.
 */
export async function printTable(
  columns: readonly Column[],
  rows: AsyncIterable<readonly string[]>,
  results: Results,
): Promise<number> {
  const widthOf = await displayWidth();
  let count = 0;
  let layout: Layout | undefined;
  let sample: (readonly string[])[] = [];
  const flush = async () => {
    if (sample.length === 0) return;
    const lines = layout === undefined ? [columns.map(({ title }) => title), ...sample] : sample;
    layout ??= layoutOf(columns, lines, results.width, widthOf);
    const text = lines.map((row) => `${lineOf(row, layout as Layout)}\n`).join("");
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

interface Layout {
  readonly columns: readonly (Column & { readonly width: number })[];
  /** Where lines end; undefined where they are not cut. */
  readonly lineWidth: number | undefined;
  readonly widthOf: WidthOf;
}

/** Makes columns as wide as the content; within `lineWidth` as far as the shrinking columns allow. */
function layoutOf(
  columns: readonly Column[],
  lines: readonly (readonly string[])[],
  lineWidth: number | undefined,
  widthOf: WidthOf,
): Layout {
  // A column that only ends the line can hold megabytes: no more of it is measured than a line shows.
  const shown = lineWidth === undefined ? 0 : lineWidth * UNITS_OF_A_COLUMN;
  const full = columns.map((column, index) => {
    const cells = lines.map((row) => row[index] ?? "");
    const measured = endsLine(column, columns) ? cells.map((cell) => cell.slice(0, shown)) : cells;
    return Math.max(...measured.map(widthOf));
  });

  let excess =
    lineWidth === undefined ? 0 : full.reduce((sum, each) => sum + each + GAP.length, -GAP.length) - lineWidth;
  const fitted = columns.map((column, index) => {
    const width = full[index] ?? 0;
    if (!column.shrinks || excess <= 0) return { ...column, width };
    const shrunk = Math.max(Math.min(width, SHRUNK), width - excess);
    excess -= width - shrunk;
    return { ...column, width: shrunk };
  });
  return { columns: fitted, lineWidth, widthOf };
}

function lineOf(row: readonly string[], { columns, lineWidth, widthOf }: Layout): string {
  const cells = columns.map((column, index) => {
    const content = row[index] ?? "";
    if (endsLine(column, columns)) return content;
    const cell = column.shrinks && lineWidth !== undefined ? cutMiddle(content, column.width, widthOf) : content;
    const padding = " ".repeat(Math.max(0, column.width - widthOf(cell)));
    return column.alignRight ? padding + cell : cell + padding;
  });
  const line = cells.join(GAP).trimEnd();
  return lineWidth === undefined ? line : cutEnd(line, lineWidth, widthOf);
}

/** Returns whether a column is printed as it is, because nothing follows it. */
function endsLine(column: Column, columns: readonly Column[]): boolean {
  return column === columns.at(-1) && !column.alignRight && !column.shrinks;
}
