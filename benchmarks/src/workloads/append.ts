import { costPerOperation } from "../program/batches";
import { perSecond } from "../program/cost";
import { CONTENDERS, STORES } from "../program/place";
import type { Workload } from "../program/workload";
import { PLAIN } from "../tellers/teller";
import { withTeller } from "./with-teller";

const STREAM_LENGTH = 20;
const APPENDS = 400;
const FIGURES = 7;

/** Each append adds one event to another account of 20 events, which nobody has loaded. */
export const append: Workload = {
  name: "append",
  title: "append without load",
  unit: "events/s",
  better: "more",
  stores: STORES,
  contenders: CONTENDERS,
  variants: [{ title: "", size: STREAM_LENGTH }],
  measure: (place, { size }) =>
    withTeller(place, PLAIN, async (teller) => {
      let accountIds: readonly string[] = [];
      const cost = await costPerOperation({
        figures: FIGURES,
        operations: APPENDS,
        prepare: (batch) => {
          accountIds = Array.from({ length: APPENDS }, (_, number) => `${place.round}-${batch}-${number}`);
          return teller.open(accountIds, size);
        },
        run: async () => {
          for (const accountId of accountIds) {
            const answer = teller.append(accountId, size, 1);
            if (answer instanceof Promise) await answer;
          }
        },
      });
      return perSecond(cost);
    }),
};
