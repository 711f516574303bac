import { setTimeout as pause } from "node:timers/promises";

import { ReadDeadline, SnapshotReadTimeout } from "../../src/loading/read-deadline";

const never = new Promise<never>(() => {});

it("passes on what a read answers, and how it fails", async () => {
  const deadline = new ReadDeadline(10_000);
  expect(await deadline.limit(Promise.resolve("state"))).toBe("state");
  await expect(deadline.limit(Promise.reject(new Error("lost")))).rejects.toThrow("lost");
});

it("gives up on a read that hangs, and lets a late outcome go", async () => {
  const late = pause(30).then(() => Promise.reject(new Error("late")));
  await expect(new ReadDeadline(10).limit(late)).rejects.toEqual(new SnapshotReadTimeout(10));
  await pause(40);
});

it("gives up on each of several, also on those that began after the first", async () => {
  const deadline = new ReadDeadline(20);
  const outcomes: string[] = [];
  const first = deadline.limit(never).catch(() => outcomes.push("first"));
  await deadline.limit(Promise.resolve());
  await pause(10);
  const second = deadline.limit(never).catch(() => outcomes.push("second"));
  await Promise.all([first, second]);
  expect(outcomes).toEqual(["first", "second"]);
});

it("serves again after all were done, and after it gave up", async () => {
  const deadline = new ReadDeadline(10);
  await deadline.limit(Promise.resolve());
  await pause(20);
  await expect(deadline.limit(never)).rejects.toThrow(SnapshotReadTimeout);
  expect(await deadline.limit(Promise.resolve(1))).toBe(1);
});
