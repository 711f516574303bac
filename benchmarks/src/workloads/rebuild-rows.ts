import { historicBalance } from "../bank";
import { openBookkeeper } from "../bookkeepers/open-bookkeeper";
import { costPerOperation } from "../program/batches";
import { perSecond } from "../program/cost";
import { STORES } from "../program/place";
import type { Workload } from "../program/workload";
import { PLAIN } from "../tellers/teller";
import { versionOf } from "./version-of";
import { withTeller } from "./with-teller";
import { writeInTurns } from "./write-in-turns";

const EVENTS = 200_000;
const ROWS = 20_000;

/** All rows of a projection folded again, into another table that takes the place of the present one. */
export const rebuildRows: Workload = {
  name: "rebuild",
  title: "rebuild a projection",
  unit: "events/s",
  better: "more",
  stores: STORES,
  variants: [{ title: `${EVENTS.toLocaleString("en")} events, ${ROWS.toLocaleString("en")} rows`, size: ROWS }],
  fill: (place, { size }) => withTeller(place, PLAIN, (teller) => writeInTurns(teller, size, EVENTS)),
  measure: async (place, { size }) => {
    const bookkeeper = await openBookkeeper(place, { version: versionOf(place, 0), isIndexed: false });
    try {
      if (place.store === "memory") await writeInTurns(bookkeeper.teller, size, EVENTS);
      await bookkeeper.catchUp();
      const cost = await costPerOperation({ figures: 3, operations: EVENTS, run: () => bookkeeper.rebuild() });
      const { rows, balance } = await bookkeeper.totals();
      const expected = size * historicBalance(EVENTS / size);
      if (rows !== size || balance !== expected)
        throw new Error(`${rows} rows with ${balance} in all instead of ${size} with ${expected}`);
      return perSecond(cost);
    } finally {
      await bookkeeper.close();
    }
  },
};
