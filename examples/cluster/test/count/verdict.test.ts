import type { Count } from "../../src/count/count";
import { faults, verdict } from "../../src/count/verdict";

const FINE: Count = {
  acknowledged: 12_345,
  stored: 12_345,
  lost: [],
  twice: [],
  gaps: [],
  behind: [],
  unfinished: [],
  transfers: 600,
};

it("is one line", () => {
  const outcome = { count: FINE, refused: [], longestStallMs: 7_123 };
  expect(verdict(outcome)).toBe(
    "acknowledged 12,345 · stored 12,345 · lost 0 · twice 0 · gaps 0 · projection behind 0 · longest stall 7.1 s",
  );
  expect(faults(outcome)).toEqual([]);
});

it.each(["lost", "twice", "gaps", "behind", "unfinished"] as const)("has a fault where something is in %s", (kind) => {
  expect(faults({ count: { ...FINE, [kind]: ["a sentence"] }, refused: [], longestStallMs: 0 })).toEqual([
    "a sentence",
  ]);
});

it("has a fault where a command was rejected, and where none was acknowledged", () => {
  const outcome = { count: { ...FINE, acknowledged: 0 }, refused: ["w0-1: the store is away"], longestStallMs: 0 };
  expect(faults(outcome)).toEqual(["no command was acknowledged", "a command was rejected: w0-1: the store is away"]);
});

it("counts all faults, and prints the first of each kind", () => {
  const lost = Array.from({ length: 1_005 }, (_, index) => `command ${index}`);
  const outcome = { count: { ...FINE, lost, gaps: ["a gap"] }, refused: [], longestStallMs: 0 };
  expect(verdict(outcome)).toContain("lost 1,005 · twice 0 · gaps 1");
  expect(faults(outcome)).toEqual([
    "command 0",
    "command 1",
    "command 2",
    "command 3",
    "command 4",
    "and 1,000 more of these",
    "a gap",
  ]);
});
