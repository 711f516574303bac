import { WORKLOADS } from "../workloads/all";
import type { Sample } from "./sample";
import type { Task } from "./task";

/** The process of one task: does it and sends what came of it to the process that started it. */
async function perform({ step, workload: name, variant: index, place }: Task): Promise<Sample> {
  const workload = WORKLOADS.find((one) => one.name === name);
  const variant = workload?.variants[index];
  if (workload === undefined || variant === undefined) throw new Error(`there is no workload ${name} ${index}`);
  if (step === "fill") {
    await workload.fill?.(place, variant);
    return { figure: 0 };
  }
  const found = await workload.measure(place, variant);
  return typeof found === "number" ? { figure: found } : found;
}

process.once("message", (task: Task) => {
  perform(task).then(
    (sample) => process.send?.(sample, () => process.disconnect()),
    (error: unknown) => {
      console.error(error);
      process.exitCode = 1;
      process.disconnect();
    },
  );
});
