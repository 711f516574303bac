import type { Auditor } from "../auditors/auditor";
import { openAuditor } from "../auditors/open-auditor";
import { costPerOperation } from "../program/batches";
import { perSecond } from "../program/cost";
import { STORES } from "../program/place";
import type { Workload } from "../program/workload";
import { PLAIN } from "../tellers/teller";
import { versionOf } from "./version-of";
import { withTeller } from "./with-teller";
import { accountIdOf, writeInTurns } from "./write-in-turns";

const EVENTS = 20_000;

/** Each step stores a state, puts a command into the queue, and sets or cancels a timer; the checkpoint moves with each batch. */
export const stepsOfFewProcesses = processSteps("process-steps", 1_000);

export const stepsOfManyProcesses = processSteps("process-starts", EVENTS);

function processSteps(name: string, instances: number): Workload {
  return {
    name,
    title: "steps of a process manager",
    unit: "steps/s",
    better: "more",
    stores: STORES,
    variants: [{ title: `${instances.toLocaleString("en")} instances`, size: instances }],
    fill: (place, { size }) => withTeller(place, PLAIN, (teller) => writeInTurns(teller, size, EVENTS)),
    measure: async (place, { size }) => {
      let auditor: Auditor | undefined;
      const finish = async () => {
        if (auditor !== undefined) await check(auditor, size);
        await auditor?.close();
      };
      const cost = await costPerOperation({
        figures: 1,
        operations: EVENTS,
        prepare: async (batch) => {
          await finish();
          auditor = await openAuditor(place, versionOf(place, batch));
          if (place.store === "memory") await writeInTurns(auditor.teller, size, EVENTS);
        },
        run: () => auditor?.catchUp(),
      });
      await finish();
      return perSecond(cost);
    },
  };
}

/** Both ways must have done the same, or their times say nothing: the first and the last account stand for all. */
async function check(auditor: Auditor, instances: number): Promise<void> {
  const expected = EVENTS / instances;
  for (const accountId of [accountIdOf(0), accountIdOf(instances - 1)]) {
    const { steps, commands } = await auditor.audited(accountId);
    if (steps !== expected || commands !== expected)
      throw new Error(`${accountId} has ${steps} steps and ${commands} commands instead of ${expected}`);
  }
}
