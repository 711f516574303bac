import { whenReplayTakes } from "../../../src/index";
import { context } from "./context";

describe("whenReplayTakes", () => {
  it("is due on a load that took that long, never on a save", () => {
    const due = whenReplayTakes(50);
    expect(due(context({ occasion: "load", events: [], replayed: 3, replayMs: 50 }))).toBe(true);
    expect(due(context({ occasion: "load", events: [], replayed: 9_000, replayMs: 49.9 }))).toBe(false);
    expect(due(context({ occasion: "save", replayMs: 99 }))).toBe(false);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, "50"])("refuses %p", (ms) => {
    expect(() => whenReplayTakes(ms as number)).toThrow(
      `whenReplayTakes() takes a number of milliseconds above 0, found ${ms}`,
    );
  });
});
