import { setTimeout as pause } from "node:timers/promises";

import { mapAhead } from "../../../src/snapshots/upkeep/map-ahead";

async function* numbers(count: number): AsyncGenerator<number> {
  for (let number = 0; number < count; number++) yield number;
}

describe("mapAhead", () => {
  it("keeps the order of the source, whatever takes longer, and works on so many at once", async () => {
    let [running, most] = [0, 0];
    const mapped: number[] = [];
    const map = async (number: number) => {
      most = Math.max(most, ++running);
      await pause(number % 3 === 0 ? 5 : 0);
      running--;
      return number * 10;
    };
    for await (const number of mapAhead(numbers(10), map, { atOnce: 3 })) mapped.push(number);
    expect(mapped).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
    expect(most).toBe(3);
  });

  it("takes no more from the source than it works on", async () => {
    let taken = 0;
    async function* source() {
      for (;;) yield taken++;
    }
    for await (const number of mapAhead(source(), async (each) => each, { atOnce: 4 })) if (number === 5) break;
    expect(taken).toBeLessThanOrEqual(5 + 4);
  });

  it("fails where a mapping fails, after what came before it, and leaves no failure unhandled", async () => {
    const mapped: number[] = [];
    const map = async (number: number) => {
      if (number >= 3) throw new Error(`no ${number}`);
      return number;
    };
    const run = async () => {
      for await (const number of mapAhead(numbers(10), map, { atOnce: 4 })) mapped.push(number);
    };
    await expect(run()).rejects.toThrow("no 3");
    expect(mapped).toEqual([0, 1, 2]);
  });
});
