import { historicBalance } from "../bank";
import { openClerk } from "../clerks/open-clerk";
import { costPerOperation } from "../program/batches";
import { perSecond } from "../program/cost";
import { STORES } from "../program/place";
import type { Workload } from "../program/workload";
import { AMOUNT } from "../tellers/teller";

const STREAM_LENGTH = 20;
const COMMANDS = 3_000;
const FIGURES = 3;

/** Commands that wait in the queue: each is claimed, loads a new account's 20 events, appends one, and is settled in that commit. */
export const queuedCommands: Workload = {
  name: "queued-commands",
  title: "commands of the queue, 8 at once",
  unit: "commands/s",
  better: "more",
  stores: STORES,
  variants: [{ title: "", size: STREAM_LENGTH }],
  measure: async (place, { size }) => {
    const clerk = await openClerk(place);
    let accountIds: readonly string[] = [];
    const check = async () => {
      for (const accountId of accountIds) {
        const balance = await clerk.teller.balance(accountId);
        if (balance !== historicBalance(size) + AMOUNT) throw new Error(`${accountId} has ${balance}`);
      }
    };
    const cost = await costPerOperation({
      figures: FIGURES,
      operations: COMMANDS,
      prepare: async (batch) => {
        await check();
        accountIds = Array.from({ length: COMMANDS }, (_, number) => `${place.round}-${batch}-${number}`);
        await clerk.teller.open(accountIds, size);
        await clerk.enqueue(accountIds);
      },
      run: () => clerk.work(COMMANDS),
    });
    await check();
    await clerk.close();
    return perSecond(cost);
  },
};
