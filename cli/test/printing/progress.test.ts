import { PassThrough } from "node:stream";

import { startProgress } from "../../src/printing/progress";

/** A stream that says it is a terminal, and what was written to it. */
function terminal(isTTY: boolean) {
  const stream = Object.assign(new PassThrough(), {
    isTTY,
    columns: 80,
    cursorTo: () => true,
    clearLine: () => true,
    clearScreenDown: () => true,
    moveCursor: () => true,
  });
  return { stream: stream as unknown as NodeJS.WriteStream, written: () => String(stream.read() ?? "") };
}

const never = () => Promise.reject(new Error("the steps were counted"));

it("shows on a terminal how far the run has come and how many failed", async () => {
  const { stream, written } = terminal(true);
  const progress = await startProgress(stream, { isWanted: true, total: async () => 3 });
  progress.step(false);
  progress.step(true);
  progress.step(false);
  progress.end();
  expect(written()).toMatch(/Snapshots \[[^\]]+\] 0\/3, 0 failed/);
});

it("takes the bar away while something else is printed, and shows it again where it was", async () => {
  const { stream, written } = terminal(true);
  const progress = await startProgress(stream, { isWanted: true, total: async () => 3 });
  progress.step(true);
  await progress.aside(async () => {
    stream.write("|aside|");
  });
  progress.end();
  const [before, after] = written().split("|aside|");
  expect(before).toMatch(/0\/3, 0 failed/);
  expect(after).toMatch(/1\/3, 1 failed/);
});

it("shows nothing where there is no terminal, and counts nothing for it", async () => {
  const { stream, written } = terminal(false);
  const progress = await startProgress(stream, { isWanted: true, total: never });
  progress.step(false);
  await progress.aside(async () => {
    stream.write("aside");
  });
  progress.end();
  expect(written()).toBe("aside");
});

it("shows nothing when it is not wanted", async () => {
  const { stream, written } = terminal(true);
  (await startProgress(stream, { isWanted: false, total: never })).end();
  expect(written()).toBe("");
});
