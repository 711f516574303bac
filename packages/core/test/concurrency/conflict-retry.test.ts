import { retryConflicts } from "../../src/concurrency/conflict-retry";
import { StreamTurns, type Turn } from "../../src/concurrency/stream-turns";
import { ExpectedVersionError } from "../../src/errors/expected-version-error";

/** Loses to other processes at these streams, one after the other, and then succeeds. */
function losing(...streams: readonly string[]) {
  let attempts = 0;
  return async () => {
    const stream = streams[attempts++];
    if (stream !== undefined) throw new ExpectedVersionError({ stream, expected: 0, actual: 1 });
    return attempts;
  };
}

describe("the retry of conflicts", () => {
  // Each pause is of a random length.
  const pauses = jest.spyOn(Math, "random");
  beforeEach(() => pauses.mockClear());
  afterAll(() => pauses.mockRestore());

  it.each([
    [["a"], 0],
    [["a", "a", "a"], 2],
    [["a", "b", "a"], 2],
  ])(
    "after losing at %j pauses %i times, whatever the streams: others have been faster again",
    async (streams, times) => {
      expect(await retryConflicts(losing(...streams), { retries: 3, turns: new StreamTurns() })).toBe(
        streams.length + 1,
      );
      expect(pauses).toHaveBeenCalledTimes(times);
    },
  );

  it("leaves no turn taken, whether it succeeds or gives up", async () => {
    const turns = new StreamTurns();
    await retryConflicts(losing("a", "b"), { retries: 3, turns });
    await expect(retryConflicts(losing("a", "b", "a"), { retries: 2, turns })).rejects.toThrow(ExpectedVersionError);
    expect([turns.isContested("a"), turns.isContested("b")]).toEqual([false, false]);
  });

  it("begins with a turn where a race is likely, and waits for those ahead", async () => {
    const turns = new StreamTurns();
    const seen: (boolean | undefined)[] = [];
    const attempt = async (_: boolean, turn: Turn | undefined) => void seen.push(turn?.hasWaited);
    const limits = { retries: 3, turns, stream: "a" };
    await retryConflicts(attempt, limits);
    const ahead = turns.begin("a") as Turn;
    const waiting = retryConflicts(attempt, { ...limits, isRival: true });
    await retryConflicts(attempt, limits);
    expect(seen).toEqual([undefined, undefined]);
    ahead.pass();
    await waiting;
    await retryConflicts(attempt, { ...limits, isRival: true });
    expect([seen, turns.areIdle]).toEqual([[undefined, undefined, true, false], true]);
  });
});
