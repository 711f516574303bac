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
    expect([turns.isContested("account-1"), turns.isContested("account-2")]).toEqual([true, false]);
    first.pass();
    expect(turns.isContested("account-1")).toBe(true);
    (await second).pass();
    expect(turns.isContested("account-1")).toBe(false);
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
    expect(turns.isContested("account-1")).toBe(false);
  });

  it("pass over one that takes too long, once for each time that the patience lasts", async () => {
    const turns = new StreamTurns(20);
    const first = await turns.take("account-1");
    const had: string[] = [];
    const [second, third] = ["second", "third"].map(async (name) => {
      const turn = await turns.take("account-1");
      had.push(name);
      return turn;
    }) as [Promise<Turn>, Promise<Turn>];
    expect(first.isOver).toBe(false);
    const ahead = await second;
    expect(had).toEqual(["second"]);
    expect([first.isOver, ahead.isOver]).toEqual([true, false]);
    // A turn that was passed over cannot be passed on once more: the third still waits for the second.
    first.pass();
    await nextTurnOfTheLoop();
    expect(had).toEqual(["second"]);
    ahead.pass();
    (await third).pass();
    await nextTurnOfTheLoop();
    expect([had, turns.isContested("account-1")]).toEqual([["second", "third"], false]);
  });

  it("leave their line with the last one, also where an earlier one never ended", async () => {
    const turns = new StreamTurns(5);
    const endless = await turns.take("account-1");
    (await turns.take("account-1")).pass();
    expect([turns.isContested("account-1"), turns.areIdle]).toEqual([false, true]);
    endless.pass();
    const next = await turns.take("account-1");
    endless.pass();
    expect([next.isOver, turns.isContested("account-1")]).toEqual([false, true]);
  });

  it("begin at once where nobody is ahead, and make no stream contested before a race was lost", async () => {
    const turns = new StreamTurns();
    const first = turns.begin("account-1");
    expect(first).toMatchObject({ stream: "account-1", hasWaited: false, isOver: false });
    expect([turns.areIdle, turns.isContested("account-1"), turns.isWaitedFor("account-1")]).toEqual([
      false,
      false,
      false,
    ]);
    const second = turns.begin("account-1");
    expect([turns.isWaitedFor("account-1"), turns.isWaitedFor("account-2")]).toEqual([true, false]);
    (first as Turn).pass();
    expect(await second).toMatchObject({ hasWaited: true, isOver: false });
    const lost = turns.take("account-1");
    expect(turns.isContested("account-1")).toBe(true);
    (await second).pass();
    (await lost).pass();
    expect([turns.areIdle, turns.isContested("account-1")]).toEqual([true, false]);
  });

  it("tell the end of their line once, when nobody has one any more", async () => {
    const turns = new StreamTurns();
    const ended: string[] = [];
    turns.onEnd((stream) => ended.push(stream));
    const first = turns.begin("account-1") as Turn;
    const second = turns.begin("account-1");
    (turns.begin("account-2") as Turn).pass();
    first.pass();
    first.pass();
    expect(ended).toEqual(["account-2"]);
    (await second).pass();
    expect(ended).toEqual(["account-2", "account-1"]);
  });
});
