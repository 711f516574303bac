import { writeFileSync } from "node:fs";

type Plot = import("vega-lite", { with: { "resolution-mode": "import" }}).TopLevelSpec;

/** How long loads of a stream of so many events take. */
export interface Load {
  readonly store: string;
  readonly events: number;
  readonly hasSnapshot: boolean;
  readonly ms: number;
}

/** Draws loads as lines over the length of the stream, both logarithmic, into an SVG file. */
export async function drawLoads(loads: readonly Load[], path: string): Promise<void> {
  const [{ parse, View }, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  const view = new View(parse(compile(plotOf(loads)).spec), { renderer: "none" });
  const drawing = await view.toSVG();
  writeFileSync(path, `${drawing.replace(/^<svg[^>]*>/, `$&<title>${TITLE}</title>`)}\n`);
}

const TITLE = "Time to load an aggregate";
const DASHES = [6, 4];
const SOLID = [1, 0];

function plotOf(loads: readonly Load[]): Plot {
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
