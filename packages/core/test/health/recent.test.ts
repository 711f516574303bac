import { Recent } from "../../src/health/recent";

describe("Recent", () => {
  it("asks once for all who ask at the same time, and for those who ask soon after", async () => {
    let asked = 0;
    const recent = new Recent(async () => ++asked, 60_000);
    expect(await Promise.all([recent.get(1_000), recent.get(1_000)])).toEqual([1, 1]);
    expect(await recent.get(1_000)).toBe(1);
  });

  it("asks again when the answer is old", async () => {
    let asked = 0;
    const recent = new Recent(async () => ++asked, -1);
    expect([await recent.get(1_000), await recent.get(1_000)]).toEqual([1, 2]);
  });

  it("keeps a failure as well, so that a store that is down is not asked more often", async () => {
    let asked = 0;
    const recent = new Recent(async () => {
      asked++;
      throw new Error("down");
    }, 60_000);
    await expect(recent.get(1_000)).rejects.toThrow("down");
    await expect(recent.get(1_000)).rejects.toThrow("down");
    expect(asked).toBe(1);
  });

  it("does not wait for ever, and goes on with the same question", async () => {
    let answer = (_: string) => {};
    const recent = new Recent(() => new Promise<string>((resolve) => (answer = resolve)), 60_000);
    await expect(recent.get(1)).rejects.toThrow("the store has not answered for 1 ms");
    answer("late");
    expect(await recent.get(1_000)).toBe("late");
  });
});
