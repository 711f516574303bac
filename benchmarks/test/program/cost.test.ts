import { costOf, inMs, perSecond } from "../../src/program/cost";

const OBJECTS = 1_000_000;

/** Keeps the newest objects alone, so that collections find most of them dead. */
function makeObjects(count: number): void {
  const newest: object[] = [];
  for (let number = 0; number < count; number++)
    newest[number & 1_023] = { a: number, b: number, c: number, d: number };
}

it("counts what is allocated, however often it was collected in between", async () => {
  makeObjects(OBJECTS);
  const { heapBytes } = await costOf(OBJECTS, () => makeObjects(OBJECTS));
  // A header of three words and four fields: 56 bytes, or 28 where pointers are compressed.
  expect(heapBytes).toBeGreaterThan(27);
  expect(heapBytes).toBeLessThan(62);
});

it("counts no more for an operation that allocates nothing", async () => {
  let sum = 0;
  const { heapBytes } = await costOf(OBJECTS, () => {
    for (let number = 0; number < OBJECTS; number++) sum = (sum + number) & 1_023;
  });
  expect(heapBytes).toBeLessThan(1);
});

it("counts the CPU time of work, and none of waiting", async () => {
  const worked = await costOf(1, () => {
    const { user, system } = process.cpuUsage();
    for (;;) {
      const now = process.cpuUsage();
      if (now.user + now.system - user - system > 50_000) return;
    }
  });
  const waited = await costOf(1, () => new Promise((resolve) => setTimeout(resolve, 300)));
  expect(worked.cpuMs).toBeGreaterThanOrEqual(50);
  expect(waited.ms).toBeGreaterThan(290);
  expect(waited.cpuMs).toBeLessThan(waited.ms / 2);
});

it("shares everything among the operations", () => {
  const cost = { ms: 0.5, cpuMs: 0.25, heapBytes: 800 };
  expect(perSecond(cost)).toEqual({ figure: 2_000, cpuMs: 0.25, heapBytes: 800 });
  expect(inMs(cost)).toEqual({ figure: 0.5, cpuMs: 0.25, heapBytes: 800 });
});
