import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { inTemporaryFolder } from "../temporary-folder";

/** How long loads of a stream of so many events take. */
export interface Load {
  readonly store: string;
  readonly events: number;
  readonly hasSnapshot: boolean;
  readonly ms: number;
}

/** Draws loads as lines over the length of the stream, both logarithmic, into an SVG file. */
export async function drawLoads(loads: readonly Load[], path: string): Promise<void> {
  const drawing = await inTemporaryFolder(async (folder) => draw(plotOf(loads), folder));
  writeFileSync(path, `${drawing.replace(/^<svg[^>]*>/, `$&<title>${TITLE}</title>`)}\n`);
}

/** Vega draws this one picture only, so npm fetches it here rather than into every checkout. */
const VEGA = ["vega@6.4.0", "vega-lite@6.4.3"];

const PROGRAM = `
import { readFileSync } from "node:fs";
import { parse, View } from "vega";
import { compile } from "vega-lite";

const plot = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(await new View(parse(compile(plot).spec), { renderer: "none" }).toSVG());
`;

function draw(plot: object, folder: string): string {
  writeFileSync(join(folder, "package.json"), "{}");
  writeFileSync(join(folder, "draw.mjs"), PROGRAM);
  execFileSync("npm", ["install", "--silent", "--no-save", "--no-package-lock", ...VEGA], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  return execFileSync(process.execPath, ["draw.mjs"], { cwd: folder, input: JSON.stringify(plot), encoding: "utf8" });
}

const TITLE = "Time to load an aggregate";
const DASHES = [6, 4];
const SOLID = [1, 0];

/** In the language of Vega-Lite. */
function plotOf(loads: readonly Load[]): object {
  const lines = loads.map(({ store, events, hasSnapshot, ms }) => ({
    ...{ store, events, ms },
    snapshot: hasSnapshot ? "with" : "without",
  }));
  return {
    title: { text: TITLE, anchor: "start", fontSize: 15, offset: 14 },
    width: 560,
    height: 300,
    padding: 16,
    background: "white",
    data: { values: lines },
    encoding: {
      x: {
        field: "events",
        type: "quantitative",
        scale: { type: "log" },
        axis: {
          title: "events in its stream",
          values: [100, 1_000, 10_000, 100_000, 1_000_000],
          format: ",",
          grid: false,
        },
      },
      y: {
        field: "ms",
        type: "quantitative",
        scale: { type: "log" },
        axis: { title: "milliseconds", values: [0.01, 0.1, 1, 10, 100, 1_000, 10_000], format: ",~r" },
      },
      color: {
        field: "store",
        type: "nominal",
        sort: ["PostgreSQL", "SQLite", "memory"],
        scale: { range: ["#0072b2", "#d55e00", "#009e73"] },
        legend: { title: "store", symbolType: "circle" },
      },
    },
    layer: [
      {
        mark: { type: "line", strokeWidth: 2 },
        encoding: {
          strokeDash: {
            field: "snapshot",
            type: "nominal",
            sort: ["without", "with"],
            scale: { domain: ["without", "with"], range: [DASHES, SOLID] },
            legend: { title: "snapshot", symbolType: "stroke", symbolSize: 500 },
          },
        },
      },
      // Of both kinds of lines alike, so that the legend of the lines shows lines.
      { mark: { type: "point", filled: true, size: 45, opacity: 1 }, encoding: { detail: { field: "snapshot" } } },
    ],
    config: {
      aria: false,
      font: "system-ui, sans-serif",
      view: { stroke: null },
      axis: { labelFontSize: 11, titleFontSize: 12 },
    },
  };
}
