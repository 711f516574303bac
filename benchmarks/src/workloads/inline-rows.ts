import { costPerOperation } from "../program/batches";
import { inMs } from "../program/cost";
import { STORES } from "../program/place";
import type { Workload } from "../program/workload";
import { PLAIN, WITH_INLINE_ROWS } from "../tellers/teller";
import { withTeller } from "./with-teller";

const STREAM_LENGTH = 20;
const COMMANDS = 400;
const FIGURES = 7;

/** One command after the other on accounts of 20 events, without and with a row of the account in the transaction of its append. */
export const inlineRows: Workload = {
  name: "inline-rows",
  title: "a command",
  unit: "ms",
  better: "less",
  stores: STORES,
  variants: [
    { title: "without a projection", size: 0 },
    { title: "with an inline projection", size: 1 },
  ],
  measure: (place, { size }) =>
    withTeller(place, size === 0 ? PLAIN : WITH_INLINE_ROWS, async (teller) => {
      const idsOf = (batch: number) =>
        Array.from({ length: COMMANDS }, (_, number) => `${place.round}-${batch}-${number}`);
      const cost = await costPerOperation({
        figures: FIGURES,
        operations: COMMANDS,
        prepare: (batch) => teller.open(idsOf(batch), STREAM_LENGTH),
        run: async (batch) => {
          for (const accountId of idsOf(batch)) {
            const answer = teller.deposit(accountId);
            if (answer instanceof Promise) await answer;
          }
        },
      });
      return inMs(cost);
    }),
};
