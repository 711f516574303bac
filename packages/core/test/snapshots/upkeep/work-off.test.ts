import { setImmediate } from "node:timers/promises";

import { workOff } from "../../../src/snapshots/upkeep/work-off";

async function* numbers(count: number, fails = false): AsyncGenerator<number> {
  for (let number = 0; number < count; number++) yield number;
  if (fails) throw new Error("the source is broken");
}

/** Notes what is begun, how many were in hand with it, and ends each after a turn of the event loop. */
class Work {
  readonly begun: number[] = [];
  readonly inHand: number[] = [];
  private underWay = 0;

  constructor(private readonly failing: number = -1) {}

  readonly run = async (item: number): Promise<void> => {
    this.begun.push(item);
    this.inHand.push(++this.underWay);
    await setImmediate();
    this.underWay--;
    if (item === this.failing) throw new Error(`${item} is broken`);
  };
}

it("works on each item once, in the order of the source", async () => {
  const work = new Work();
  await workOff(numbers(20), work.run, { atOnce: () => 3 });
  expect(work.begun).toEqual(Array.from({ length: 20 }, (_, number) => number));
});

it("has as many in hand as it may, and no more", async () => {
  const work = new Work();
  await workOff(numbers(20), work.run, { atOnce: () => 3 });
  expect(Math.max(...work.inHand)).toBe(3);
});

it("takes more in hand once it may, and fewer when it no longer may", async () => {
  const work = new Work();
  const atOnce = () => (work.begun.length < 10 ? 1 : work.begun.length < 50 ? 8 : 2);
  await workOff(numbers(100), work.run, { atOnce });
  expect(work.begun).toHaveLength(100);
  expect(Math.max(...work.inHand.slice(0, 9))).toBe(1);
  expect(Math.max(...work.inHand.slice(10, 50))).toBe(8);
  expect(Math.max(...work.inHand.slice(70))).toBe(2);
});

it("leaves nothing undone when all of them end in the same turn that leaves less room", async () => {
  const begun: number[] = [];
  let release = () => {};
  const together = new Promise<void>((resolve) => {
    release = resolve;
  });
  const run = async (item: number) => {
    begun.push(item);
    if (begun.length === 8) release();
    await together;
  };
  await workOff(numbers(50), run, { atOnce: () => (begun.length < 8 ? 8 : 1) });
  expect(begun).toHaveLength(50);
});

it("is done at once where there is nothing", async () => {
  const work = new Work();
  await workOff(numbers(0), work.run, { atOnce: () => 4 });
  expect(work.begun).toEqual([]);
});

it("ends at the first failure, whether of the work or of the source, and takes no further item", async () => {
  const work = new Work(5);
  await expect(workOff(numbers(100), work.run, { atOnce: () => 2 })).rejects.toThrow("5 is broken");
  await setImmediate();
  expect(work.begun.length).toBeLessThanOrEqual(7);
  await expect(workOff(numbers(3, true), new Work().run, { atOnce: () => 2 })).rejects.toThrow("the source is broken");
});

it("works on items that need no waiting, one after the other, and passes on what such work throws", async () => {
  const begun: number[] = [];
  await workOff(numbers(20), (item) => void begun.push(item), { atOnce: () => 3 });
  expect(begun).toEqual(Array.from({ length: 20 }, (_, number) => number));
  const failing = (item: number) => {
    if (item === 5) throw new Error("5 is broken");
  };
  await expect(workOff(numbers(20), failing, { atOnce: () => 3 })).rejects.toThrow("5 is broken");
});

it("ends what is in hand when it is stopped, and takes no further item", async () => {
  const work = new Work();
  const isStopped = jest.fn(() => work.begun.length >= 7);
  await workOff(numbers(20), work.run, { atOnce: () => 3, isStopped });
  expect(work.begun).toEqual([0, 1, 2, 3, 4, 5, 6]);
  const neverAsked = jest.fn(() => true);
  await workOff(numbers(0), work.run, { atOnce: () => 3, isStopped: neverAsked });
  expect(neverAsked).not.toHaveBeenCalled();
});
