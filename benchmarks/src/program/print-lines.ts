import { figure, printTable } from "../result-table";
import type { Figures, Line, TableRun } from "./run-table";

export function printLines({ lines, warning }: TableRun, rounds: number): void {
  printTable(
    `Tidemark beside hand-written code for the same driver, the same columns and indexes; median of ${rounds}`,
    ["workload", "store", "unit", "Tidemark", "min-max", "hand-written", "min-max", "ratio"],
    lines.map((line) => [
      line.variant === "" ? line.title : `${line.title}, ${line.variant}`,
      line.store,
      line.unit,
      ...spread(line.figures.tidemark),
      ...spread(line.figures["hand-written"]),
      figure(line.ratio, 2),
    ]),
  );
  process.stdout.write(
    "A ratio of 1 is as good as the hand-written code, 0.5 half as good, whichever way the unit goes.\n",
  );
  if (warning !== undefined) process.stdout.write(`${warning}\n`);
}

/** @returns all of a run as one JSON document. */
export function jsonOf({ lines, warning }: TableRun, rounds: number): string {
  const { node } = process.versions;
  return JSON.stringify({ node, rounds, lines, ...(warning !== undefined && { warning }) }, null, 2);
}

export function lineInShort({ ratio, figures }: Line): string {
  return `${decimals(figures.tidemark.median)} against ${decimals(figures["hand-written"].median)}: ${figure(ratio, 2)}`;
}

function spread({ median, min, max }: Figures): [string, string] {
  return [decimals(median), `${decimals(min)}-${decimals(max)}`];
}

/** Three digits that matter. */
function decimals(value: number): string {
  if (!Number.isFinite(value)) return "-";
  return figure(value, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1))));
}
