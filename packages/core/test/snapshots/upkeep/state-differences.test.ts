import { stateDifferences } from "../../../src/snapshots/upkeep/state-differences";

describe("stateDifferences", () => {
  it("are none between equal states", () => {
    const state = { a: [1, { b: null }], c: "x", d: {} };
    expect(stateDifferences(state, structuredClone(state))).toEqual([]);
  });

  it("name the path and both values of each", () => {
    const snapshot = { balance: 1, tags: ["a", "b"], notes: { "a b": { when: "x" } }, gone: true, zero: 0 };
    const events = { balance: 2, tags: ["a", "c", "d"], notes: { "a b": { when: "y" } }, added: [], zero: -0 };
    expect(stateDifferences(snapshot, events)).toEqual([
      { path: "balance", snapshot: 1, events: 2 },
      { path: "tags[1]", snapshot: "b", events: "c" },
      { path: "tags[2]", snapshot: undefined, events: "d" },
      { path: 'notes."a b".when', snapshot: "x", events: "y" },
      { path: "gone", snapshot: true, events: undefined },
      { path: "zero", snapshot: 0, events: -0 },
      { path: "added", snapshot: undefined, events: [] },
    ]);
  });

  it("do not take an array for an object, nor null for nothing", () => {
    expect(stateDifferences({ a: [], b: null }, { a: {}, b: undefined })).toEqual([
      { path: "a", snapshot: [], events: {} },
      { path: "b", snapshot: null, events: undefined },
    ]);
  });
});
