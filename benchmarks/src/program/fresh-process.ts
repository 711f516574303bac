import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import type { Task } from "./task";

/** Does one task in a process of its own, so that nothing of the others is compiled, cached or left over in it. */
export async function inFreshProcess(task: Task): Promise<number> {
  const child = fork(join(__dirname, "perform-task.js"), { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  let figure = Number.NaN;
  child.on("message", (answer) => {
    figure = Number(answer);
  });
  child.send(task);
  const [status] = await once(child, "close");
  if (status !== 0 || Number.isNaN(figure)) {
    const { contender, store } = task.place;
    throw new Error(`${task.workload} of ${contender} on ${store} failed`);
  }
  return figure;
}
