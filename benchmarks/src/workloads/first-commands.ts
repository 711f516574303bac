import { costOf, perSecond } from "../program/cost";
import { CONTENDERS } from "../program/place";
import type { Workload } from "../program/workload";
import { PLAIN, type Teller } from "../tellers/teller";
import { withTeller } from "./with-teller";

const STREAM_LENGTH = 20;

/** One command after the other, on another account each, in a process that has done nothing before. */
export const firstCommands: Workload = {
  name: "first-commands",
  title: "the first commands of a process",
  unit: "commands/s",
  better: "more",
  stores: ["memory", "sqlite-normal", "postgres"],
  contenders: CONTENDERS,
  variants: [{ title: "1,000 commands", size: 1_000 }],
  // Each process adds an event to each account, of every contender alike.
  fill: (place, { size }) => withTeller(place, PLAIN, async (teller) => openAccounts(teller, size)),
  measure: (place, { size }) =>
    withTeller(place, PLAIN, async (teller) => {
      if (place.store === "memory") await openAccounts(teller, size);
      const cost = await costOf(size, async () => {
        for (const accountId of accountIdsOf(size)) {
          const answer = teller.deposit(accountId);
          if (answer instanceof Promise) await answer;
        }
      });
      return perSecond(cost);
    }),
};

async function openAccounts(teller: Teller, count: number): Promise<void> {
  await teller.open(accountIdsOf(count), STREAM_LENGTH);
}

function accountIdsOf(count: number): string[] {
  return Array.from({ length: count }, (_, number) => `first-${number}`);
}
