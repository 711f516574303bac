import { WORKLOADS } from "../workloads/all";
import type { Task } from "./task";

/** The process of one task: does it and sends what came of it to the process that started it. */
async function perform({ step, workload: name, variant: index, place }: Task): Promise<number> {
  const workload = WORKLOADS.find((one) => one.name === name);
  const variant = workload?.variants[index];
  if (workload === undefined || variant === undefined) throw new Error(`there is no workload ${name} ${index}`);
  if (step === "measure") return await workload.measure(place, variant);
  await workload.fill?.(place, variant);
  return 0;
}

process.once("message", (task: Task) => {
  perform(task).then(
    (figure) => process.send?.(figure, () => process.disconnect()),
    (error: unknown) => {
      console.error(error);
      process.exitCode = 1;
      process.disconnect();
    },
  );
});
