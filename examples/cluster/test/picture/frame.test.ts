import { frame } from "../../src/picture/frame";
import type { Scene } from "../../src/picture/scene";

const SCENE: Scene = {
  elapsedMs: 15_400,
  machines: [
    { name: "node-1", role: "killed", timeline: 1, lagBytes: 0 },
    { name: "node-2", role: "leader", timeline: 2 },
    { name: "node-3", role: "sync_standby", timeline: 2, lagBytes: 1_024 },
  ],
  perSecond: [100, 800, 400, 0, 0, 1_200, 300],
  acknowledged: 12_345,
  longestStallMs: 7_123,
  behind: 3,
  transfersUnderWay: 5,
  transfersEnded: 1_204,
  happenings: [
    { atMs: 8_000, text: "killed node-1, the leader's machine", isLoss: true },
    { atMs: 15_100, text: "node-2 leads, after 7.1 s", isLoss: false },
  ],
};

const WIDE = { columns: 100, rows: 40, hasColors: false };

it("shows the machines, the commands of the last seconds, and what has happened", () => {
  expect(frame(SCENE, WIDE)).toEqual([
    "  A bank on a PostgreSQL cluster  0:15",
    "",
    "  node-1       ✕ killed",
    "  node-2       ● leader                timeline 2",
    "  node-3       ◐ synchronous standby   timeline 2, 1,024 bytes behind",
    "",
    "  commands     1,200 a second  ▂▆▄▁▁█",
    "  writers      12,345 acknowledged, longest stall 7.1 s",
    "  projection   3 events behind",
    "  transfers    1,204 ended, 5 under way",
    "",
    "  0:08  killed node-1, the leader's machine",
    "  0:15  node-2 leads, after 7.1 s",
  ]);
});

it("says that the projection is up to date, and that nobody knows it", () => {
  expect(frame({ ...SCENE, behind: 0 }, WIDE)).toContain("  projection   up to date");
  expect(frame({ ...SCENE, behind: undefined }, WIDE)).toContain("  projection   unknown: the store does not answer");
});

it.each([80, 40, 20, 5])("draws no line that is wider than a terminal of %i columns", (columns) => {
  const perSecond = Array.from({ length: 300 }, (_, second) => second);
  const lines = frame({ ...SCENE, perSecond }, { ...WIDE, columns });
  expect(lines.filter((line) => line.length > columns)).toEqual([]);
  expect(lines[2]).toBe("  node-1       ✕ killed".slice(0, columns).trimEnd());
});

it("leaves out the oldest happenings in a low terminal, and draws fewer lines than it has", () => {
  expect(frame(SCENE, { ...WIDE, rows: 13 }).slice(-2)).toEqual(["", "  0:15  node-2 leads, after 7.1 s"]);
  expect(frame(SCENE, { ...WIDE, rows: 4 })).toHaveLength(3);
});

it("colours with codes that add nothing to the width, and cuts off before it colours", () => {
  const [, , killed, leader] = frame(SCENE, { columns: 17, rows: 40, hasColors: true });
  expect(killed).toBe("  node-1       \u001b[31m✕\u001b[39m".replace("✕", "✕ "));
  expect(leader).toBe("  node-2       \u001b[32m● \u001b[39m");
});
