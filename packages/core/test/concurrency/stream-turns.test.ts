import { setImmediate as nextTurnOfTheLoop } from "node:timers/promises";

import { StreamTurns, type Turn } from "../../src/concurrency/stream-turns";

describe("turns at a stream", () => {
  it("are had one after the other, in the order in which they were asked for", async () => {
    const turns = new StreamTurns();
    const had: number[] = [];
    const taken = [1, 2, 3].map(async (n) => {
      const turn = await turns.take("account-1");
      had.push(n);
      return turn;
    });
    for (const turn of taken) {
      await nextTurnOfTheLoop();
      const before = had.length;
      (await turn).pass();
      expect(before).toBe(taken.indexOf(turn) + 1);
    }
  });

  it("at different streams do not wait for each other", async () => {
    const turns = new StreamTurns();
    const [one, other] = await Promise.all([turns.take("account-1"), turns.take("account-2")]);
    expect([one.stream, other.stream]).toEqual(["account-1", "account-2"]);
  });

  it("are taken while somebody has one or waits for one, and then no more", async () => {
    const turns = new StreamTurns();
    const first = await turns.take("account-1");
    const second = turns.take("account-1");
    expect([turns.isTaken("account-1"), turns.isTaken("account-2")]).toEqual([true, false]);
    first.pass();
    expect(turns.isTaken("account-1")).toBe(true);
    (await second).pass();
    expect(turns.isTaken("account-1")).toBe(false);
  });

  it("are not waited for when the signal has given up; the next one's turn comes after the one before", async () => {
    const turns = new StreamTurns();
    const first = await turns.take("account-1");
    const given = new AbortController();
    const refused = turns.take("account-1", given.signal);
    let isThird = false;
    const third = turns.take("account-1").then((turn) => {
      isThird = true;
      return turn;
    });
    given.abort(new Error("too late"));
    await expect(refused).rejects.toThrow("too late");
    await expect(turns.take("account-1", AbortSignal.abort(new Error("never")))).rejects.toThrow("never");
    await nextTurnOfTheLoop();
    expect(isThird).toBe(false);
    first.pass();
    (await third).pass();
    await nextTurnOfTheLoop();
    expect(turns.isTaken("account-1")).toBe(false);
  });

  it("come at last when the one before never passes its own on", async () => {
    const turns = new StreamTurns(5);
    await turns.take("account-1");
    let second: Turn | undefined;
    const waiting = turns.take("account-1").then((turn) => {
      second = turn;
    });
    await Promise.resolve();
    expect(second).toBeUndefined();
    await waiting;
    expect(second).toMatchObject({ stream: "account-1" });
  });
});
