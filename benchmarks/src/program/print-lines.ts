import { figure, printTable } from "../result-table";
import type { Figures, Line, TableRun } from "./run-table";

export function printLines({ lines, warning }: TableRun, rounds: number): void {
  printTable(
    `Tidemark beside hand-written code for the same driver, with its columns and indexes and as lean as it can be; median of ${rounds}`,
    ["workload", "store", "unit", "Tidemark", "±", "hand-written", "±", "lean", "±", "of hand-written", "of lean"],
    lines.map(({ title, variant, store, unit, figures, ratios }) => [
      variant === "" ? title : `${title}, ${variant}`,
      store,
      unit,
      ...spread(figures.tidemark),
      ...spread(figures["hand-written"]),
      ...spread(figures.lean),
      ratioOf(ratios["hand-written"]),
      ratioOf(ratios.lean),
    ]),
  );
  process.stdout.write(
    "Of 1: as good as the hand-written or the lean code; of 0.5: half as good, whichever way the unit goes.\n",
  );
  if (warning !== undefined) process.stdout.write(`${warning}\n`);
}

/** @returns all of a run as one JSON document. */
export function jsonOf({ lines, warning }: TableRun, rounds: number): string {
  const { node } = process.versions;
  return JSON.stringify({ node, rounds, lines, ...(warning !== undefined && { warning }) }, null, 2);
}

export function lineInShort({ figures, ratios }: Line): string {
  const others = (["hand-written", "lean"] as const).filter((contender) => figures[contender] !== undefined);
  const beside = others.map((contender) => `${contender} ${decimals(figures[contender]?.median)}`);
  return `${decimals(figures.tidemark?.median)}, ${beside.join(", ")}: ${others.map((one) => ratioOf(ratios[one])).join(", ")}`;
}

/** The median, and how far the others are from it at most. */
function spread(figures: Figures | undefined): [string, string] {
  if (figures === undefined) return ["", ""];
  const { median, min, max } = figures;
  return [decimals(median), `${figure((100 * Math.max(max - median, median - min)) / median, 0)} %`];
}

function ratioOf(ratio: number | undefined): string {
  return ratio === undefined ? "" : figure(ratio, 2);
}

/** Three digits that matter. */
function decimals(value = Number.NaN): string {
  if (!Number.isFinite(value)) return "-";
  return figure(value, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1))));
}
