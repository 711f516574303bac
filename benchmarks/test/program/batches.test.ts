import { costPerOperation } from "../../src/program/batches";

const WARM_UP_BATCHES = 10;

it("counts batches after those of the warm-up, each made ready under its own number", async () => {
  const prepared: number[] = [];
  const run: number[] = [];
  await costPerOperation({
    figures: 3,
    operations: 1_000,
    prepare: (batch) => void prepared.push(batch),
    run: (batch) => void run.push(batch),
  });
  expect(run).toEqual(run.map((_, index) => index));
  expect(prepared).toEqual(run);
  expect(run.length).toBeGreaterThanOrEqual(WARM_UP_BATCHES + 3);
});

it("counts what the operations allocate, and nothing of what is made ready for them", async () => {
  const kept: unknown[] = [];
  const { heapBytes } = await costPerOperation({
    figures: 3,
    operations: 1_000,
    prepare: () => void kept.push(Array.from({ length: 100_000 }, (_, n) => ({ n }))),
    run: () => void kept.push(new Array(1_000).fill(0.5)),
  });
  expect(heapBytes).toBeGreaterThanOrEqual(8);
  expect(heapBytes).toBeLessThan(64);
});
