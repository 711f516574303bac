import { costPerOperation } from "../program/batches";
import { perSecond } from "../program/cost";
import { CONTENDERS, STORES } from "../program/place";
import type { Workload } from "../program/workload";
import { READ_BY_CATEGORY, type Teller } from "../tellers/teller";
import { withTeller } from "./with-teller";

const EVENTS_EACH = 100;

/** What a projection does first: all events of a category, in global order, parsed. */
export const readCategory: Workload = {
  name: "read-category",
  title: "read a category",
  unit: "events/s",
  better: "more",
  stores: STORES,
  contenders: CONTENDERS,
  variants: [{ title: "100,000 events", size: 100_000 }],
  fill: (place, { size }) => withTeller(place, READ_BY_CATEGORY, (teller) => openAccounts(teller, size)),
  measure: (place, { size }) =>
    withTeller(place, READ_BY_CATEGORY, async (teller) => {
      if (place.store === "memory") await openAccounts(teller, size);
      const cost = await costPerOperation({
        figures: 3,
        operations: size,
        run: async () => {
          const count = await teller.readCategory();
          if (count !== size) throw new Error(`${place.contender} read ${count} events instead of ${size}`);
        },
      });
      return perSecond(cost);
    }),
};

async function openAccounts(teller: Teller, events: number): Promise<void> {
  await teller.open(
    Array.from({ length: events / EVENTS_EACH }, (_, n) => `read-${n}`),
    EVENTS_EACH,
  );
}
