import { startProgress } from "../../src/printing/progress";
import { CapturedOutput } from "../captured-io";

const never = () => Promise.reject(new Error("the steps were counted"));

it("shows on a terminal how far the run has come and how many failed", async () => {
  const stream = new CapturedOutput({ terminal: 80 });
  const progress = await startProgress(stream, { isWanted: true, total: async () => 3 });
  progress.step(false);
  progress.step(true);
  progress.step(false);
  progress.end();
  expect(stream.text).toMatch(/Snapshots \[[^\]]+\] 0\/3, 0 failed/);
});

it("takes the bar away while something else is printed, and shows it again where it was", async () => {
  const stream = new CapturedOutput({ terminal: 80 });
  const progress = await startProgress(stream, { isWanted: true, total: async () => 3 });
  progress.step(true);
  await progress.aside(async () => {
    stream.write("|aside|");
  });
  progress.end();
  const [before, after] = stream.text.split("|aside|");
  expect(before).toMatch(/0\/3, 0 failed/);
  expect(after).toMatch(/1\/3, 1 failed/);
});

it("shows nothing where there is no terminal, and counts nothing for it", async () => {
  const stream = new CapturedOutput();
  const progress = await startProgress(stream, { isWanted: true, total: never });
  progress.step(false);
  await progress.aside(async () => {
    stream.write("aside");
  });
  progress.end();
  expect(stream.text).toBe("aside");
});

it("shows nothing when it is not wanted", async () => {
  const stream = new CapturedOutput({ terminal: 80 });
  (await startProgress(stream, { isWanted: false, total: never })).end();
  expect(stream.text).toBe("");
});
