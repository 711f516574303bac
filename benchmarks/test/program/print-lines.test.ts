import type { EntrantName } from "../../src/program/entrant";
import { type Line, lineOf } from "../../src/program/line";
import { lineInShort, printLines } from "../../src/program/print-lines";
import type { Sample } from "../../src/program/sample";

const COMMANDS = {
  name: "commands",
  title: "one command after the other",
  unit: "commands/s",
  better: "more",
} as const;
const MEMORY = { name: "replay-memory", title: "peak memory of a replay", unit: "MB", better: "less" } as const;

const line: Line = lineOf(
  COMMANDS,
  "",
  "sqlite-normal",
  new Map<EntrantName, Sample[]>([
    [
      "tidemark",
      [
        { figure: 9_610, cpuMs: 0.0985, heapBytes: 36_912 },
        { figure: 7_660, cpuMs: 0.1, heapBytes: 36_912 },
      ],
    ],
    ["hand-written", [{ figure: 8_297, cpuMs: 0.11, heapBytes: 11_900 }]],
    ["lean", [{ figure: 12_943, cpuMs: 0.042, heapBytes: 9_780 }]],
  ]),
);

function printed(lines: readonly Line[], warning?: string): string[] {
  const write = jest.spyOn(process.stdout, "write").mockReturnValue(true);
  printLines({ lines, warning }, 2);
  const text = write.mock.calls.map(([chunk]) => String(chunk)).join("");
  write.mockRestore();
  return text.split("\n");
}

it("prints the rates with their ratios, and then what an operation costs", () => {
  expect(printed([line]).filter((text) => /workload|command after/.test(text))).toEqual([
    "workload                             store        unit  Tidemark    ±  hand-written   ±    lean   ±  /hand  /lean",
    "one command after the other  sqlite-normal  commands/s     9,610  20%         8,297  0%  12,943  0%   1.16   0.74",
    "workload                             store  Tidemark µs  hand µs  lean µs  Tidemark kB  hand kB  lean kB",
    "one command after the other  sqlite-normal          100      110     42.0         36.9     11.9     9.78",
  ]);
});

it("has no columns for whoever takes part in no line, and no costs where none were counted", () => {
  const samples = new Map<EntrantName, Sample[]>([
    ["tidemark", [{ figure: 80.3 }]],
    ["hand-written", [{ figure: 79.9 }]],
  ]);
  const lines = printed([lineOf(MEMORY, "1,000 events", "postgres", samples)]);
  expect(lines.filter((text) => /workload|peak/.test(text))).toEqual([
    "workload                                  store  unit  Tidemark   ±  hand-written   ±  /hand",
    "peak memory of a replay, 1,000 events  postgres    MB      80.3  0%          79.9  0%   1.00",
  ]);
});

it("has columns for another checkout beside those of this one", () => {
  const samples = new Map<EntrantName, Sample[]>([
    ["tidemark", [{ figure: 10 }]],
    ["before", [{ figure: 8 }]],
    ["hand-written", [{ figure: 20 }]],
  ]);
  const compared = lineOf(COMMANDS, "", "memory", samples);
  expect(printed([compared]).find((text) => text.startsWith("workload"))).toBe(
    "workload                      store        unit  Tidemark   ±  before   ±  hand-written   ±  /before  /hand",
  );
  expect(lineInShort(compared)).toBe("10.0: 1.25 of before 8.00, 0.50 of hand-written 20.0");
});

it("ends with the warning of a busy machine", () => {
  expect(printed([line], "The machine was busy.").slice(-2)).toEqual(["The machine was busy.", ""]);
});
