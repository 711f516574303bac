import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import type { Sample } from "./sample";
import type { Task } from "./task";

/** The program of such a process, among the built benchmarks of this checkout. */
export const PROGRAM = join(__dirname, "perform-task.js");

/** Does one task in a process of its own, so that nothing of the others is compiled, cached or left over in it. */
export async function inFreshProcess(task: Task, program = PROGRAM): Promise<Sample> {
  const child = fork(program, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  let sample: Sample | undefined;
  child.on("message", (answer: Sample) => {
    sample = answer;
  });
  child.send(task);
  const [status] = await once(child, "close");
  if (status !== 0 || sample === undefined || Number.isNaN(sample.figure)) {
    const { contender, store } = task.place;
    throw new Error(`${task.workload} of ${contender} on ${store} failed`);
  }
  return sample;
}
