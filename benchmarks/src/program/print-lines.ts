import { figure, printTable } from "../result-table";
import type { EntrantName } from "./entrant";
import type { Figures, Line } from "./line";
import type { TableRun } from "./run-table";

const NAMES: Readonly<Record<EntrantName, string>> = {
  tidemark: "Tidemark",
  before: "before",
  "hand-written": "hand-written",
  lean: "lean",
};
/** Before a unit and in ratios. */
const SHORT_NAMES: Readonly<Record<EntrantName, string>> = { ...NAMES, "hand-written": "hand" };
const ENTRANTS = Object.keys(NAMES) as EntrantName[];

export function printLines({ lines, warning }: TableRun, rounds: number): void {
  const entrants = ENTRANTS.filter((name) => lines.some(({ figures }) => figures[name] !== undefined));
  const others = entrants.filter((name) => name !== "tidemark");
  printTable(
    `Tidemark beside hand-written code for the same driver; median of ${rounds}`,
    [
      "workload",
      "store",
      "unit",
      ...entrants.flatMap((name) => [NAMES[name], "±"]),
      ...others.map((name) => `/${SHORT_NAMES[name]}`),
    ],
    lines.map(({ figures, ratios, ...line }) => [
      titleOf(line),
      line.store,
      line.unit,
      ...entrants.flatMap((name) => spread(figures[name])),
      ...others.map((name) => ratioOf(ratios[name])),
    ]),
  );
  process.stdout.write(
    "hand-written: with Tidemark's columns, and indexes by stream, id and category. lean: one index, no ids, no metadata.\n" +
      "± is the farthest of the others from the median. The last columns are ratios: 1 is as good as the other, 0.5 half as\n" +
      "good, whichever way the unit goes.\n",
  );
  printCosts(lines, entrants);
  if (warning !== undefined) process.stdout.write(`${warning}\n`);
}

/** What the lines say of one operation beside its time, which depends less on what else the machine does. */
function printCosts(lines: readonly Line[], entrants: readonly EntrantName[]): void {
  const counted = lines.filter(({ figures }) => figures.tidemark?.cpuMs !== undefined);
  if (counted.length === 0) return;
  process.stdout.write("\n");
  printTable(
    "The same in CPU time of the process, and in bytes that it allocates on its heap; for one command, load, event or snapshot",
    ["workload", "store", ...["µs", "kB"].flatMap((unit) => entrants.map((name) => `${SHORT_NAMES[name]} ${unit}`))],
    counted.map(({ figures, ...line }) => [
      titleOf(line),
      line.store,
      ...entrants.map((name) => decimals(figures[name]?.cpuMs, 1_000)),
      ...entrants.map((name) => decimals(figures[name]?.heapBytes, 1 / 1_000)),
    ]),
  );
}

/** @returns all of a run as one JSON document. */
export function jsonOf({ lines, warning }: TableRun, rounds: number): string {
  const { node } = process.versions;
  return JSON.stringify({ node, rounds, lines, ...(warning !== undefined && { warning }) }, null, 2);
}

export function lineInShort({ figures, ratios }: Line): string {
  const others = ENTRANTS.filter((name) => ratios[name] !== undefined);
  const beside = others.map((name) => `${ratioOf(ratios[name])} of ${name} ${decimals(figures[name]?.median)}`);
  return `${decimals(figures.tidemark?.median)}: ${beside.join(", ")}`;
}

function titleOf({ title, variant }: Pick<Line, "title" | "variant">): string {
  return variant === "" ? title : `${title}, ${variant}`;
}

/** The median, and how far the others are from it at most. */
function spread(figures: Figures | undefined): [string, string] {
  if (figures === undefined) return ["", ""];
  const { median, min, max } = figures;
  return [decimals(median), `${figure((100 * Math.max(max - median, median - min)) / median, 0)}%`];
}

function ratioOf(ratio: number | undefined): string {
  return ratio === undefined ? "" : figure(ratio, 2);
}

/** Three digits that matter. */
function decimals(value: number | undefined, times = 1): string {
  if (value === undefined) return "";
  if (!Number.isFinite(value)) return "-";
  const figureOf = value * times;
  return figure(figureOf, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(figureOf) || 1))));
}
