import type { EntrantName } from "../../src/program/entrant";
import { lineOf } from "../../src/program/line";
import type { Sample } from "../../src/program/sample";

const COMMANDS = { name: "commands", title: "commands", unit: "commands/s", better: "more" } as const;
const LOADS = { name: "loads", title: "loads", unit: "ms", better: "less" } as const;

const samplesOf = (...figures: number[]) => figures.map((figure) => ({ figure }));

it("compares Tidemark with each of the others by the medians, whichever way the unit goes", () => {
  const samples = new Map<EntrantName, Sample[]>([
    ["tidemark", samplesOf(40, 50, 90)],
    ["hand-written", samplesOf(100, 100, 100)],
    ["lean", samplesOf(200, 200, 200)],
  ]);
  expect(lineOf(COMMANDS, "", "memory", samples).ratios).toEqual({ "hand-written": 0.5, lean: 0.25 });
  expect(lineOf(LOADS, "", "memory", samples).ratios).toEqual({ "hand-written": 2, lean: 4 });
});

it("has the medians of what was counted, and nothing of what was not", () => {
  const samples = new Map<EntrantName, Sample[]>([
    [
      "tidemark",
      [
        { figure: 1, cpuMs: 3, heapBytes: 700 },
        { figure: 3, cpuMs: 1, heapBytes: 900 },
        { figure: 2, cpuMs: 2, heapBytes: 800 },
      ],
    ],
    ["hand-written", samplesOf(4)],
  ]);
  expect(lineOf(LOADS, "5 events", "postgres", samples)).toEqual({
    workload: "loads",
    title: "loads",
    store: "postgres",
    variant: "5 events",
    unit: "ms",
    figures: {
      tidemark: { median: 2, min: 1, max: 3, cpuMs: 2, heapBytes: 800 },
      "hand-written": { median: 4, min: 4, max: 4 },
    },
    ratios: { "hand-written": 2 },
  });
});

it("leaves out another checkout that could do nothing of it", () => {
  const samples = new Map<EntrantName, Sample[]>([
    ["tidemark", samplesOf(1)],
    ["before", []],
    ["lean", samplesOf(1)],
  ]);
  const { figures, ratios } = lineOf(COMMANDS, "", "memory", samples);
  expect(Object.keys(figures)).toEqual(["tidemark", "lean"]);
  expect(ratios).toEqual({ lean: 1 });
});
