import { costPerOperation } from "../program/batches";
import { perSecond } from "../program/cost";
import { CONTENDERS, STORES } from "../program/place";
import type { Workload } from "../program/workload";
import { READ_WHOLE } from "../tellers/teller";
import { withTeller } from "./with-teller";
import { writeInTurns } from "./write-in-turns";

const ACCOUNTS = 1_000;

/** All events of the store, in global order, parsed. */
export const readAll: Workload = {
  name: "read-all",
  title: "read everything",
  unit: "events/s",
  better: "more",
  stores: STORES,
  contenders: CONTENDERS,
  variants: [{ title: "100,000 events", size: 100_000 }],
  fill: (place, { size }) => withTeller(place, READ_WHOLE, (teller) => writeInTurns(teller, ACCOUNTS, size)),
  measure: (place, { size }) =>
    withTeller(place, READ_WHOLE, async (teller) => {
      if (place.store === "memory") await writeInTurns(teller, ACCOUNTS, size);
      const cost = await costPerOperation({
        figures: 3,
        operations: size,
        run: async () => {
          const count = await teller.readAll();
          if (count !== size) throw new Error(`${place.contender} read ${count} events instead of ${size}`);
        },
      });
      return perSecond(cost);
    }),
};
