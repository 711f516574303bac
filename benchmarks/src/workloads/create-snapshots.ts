import { costOf, perSecond } from "../program/cost";
import { CONTENDERS, STORES } from "../program/place";
import type { Workload } from "../program/workload";
import { SNAPSHOTS_BY_HAND, type Teller } from "../tellers/teller";
import { withTeller } from "./with-teller";

const EVENTS_EACH = 3;

/** A first snapshot of each of 10,000 accounts. */
export const createSnapshots: Workload = {
  name: "create-snapshots",
  title: "createSnapshots",
  unit: "snapshots/s",
  better: "more",
  stores: STORES,
  contenders: CONTENDERS,
  variants: [{ title: "10,000 accounts", size: 10_000 }],
  fill: (place, { size }) => withTeller(place, SNAPSHOTS_BY_HAND, (teller) => openAccounts(teller, size)),
  measure: (place, { size }) =>
    withTeller(place, SNAPSHOTS_BY_HAND, async (teller) => {
      if (place.store === "memory") await openAccounts(teller, size);
      await teller.deleteSnapshots();
      let written = 0;
      const cost = await costOf(size, async () => {
        written = await teller.snapshotAll();
      });
      if (written !== size) throw new Error(`${place.contender} wrote ${written} snapshots instead of ${size}`);
      return perSecond(cost);
    }),
};

async function openAccounts(teller: Teller, count: number): Promise<void> {
  await teller.open(
    Array.from({ length: count }, (_, n) => `snapshot-${n}`),
    EVENTS_EACH,
  );
}
