import { historicBalance } from "../bank";
import type { Bookkeeper } from "../bookkeepers/bookkeeper";
import { openBookkeeper } from "../bookkeepers/open-bookkeeper";
import { costPerOperation } from "../program/batches";
import { perSecond } from "../program/cost";
import { STORES } from "../program/place";
import type { Workload } from "../program/workload";
import { PLAIN } from "../tellers/teller";
import { versionOf } from "./version-of";
import { withTeller } from "./with-teller";
import { writeInTurns } from "./write-in-turns";

const EVENTS = 100_000;

/** A projection that is new to the log: batches of 500 events, each event of another row. */
export const projectIntoFewRows = projectEvents("project-few-rows", 1_000);

/** The same, each event of a new row. */
export const projectIntoManyRows = projectEvents("project-many-rows", EVENTS);

function projectEvents(name: string, rows: number): Workload {
  return {
    name,
    title: "project 100,000 events",
    unit: "events/s",
    better: "more",
    stores: STORES,
    variants: [{ title: `${rows.toLocaleString("en")} rows`, size: rows }],
    fill: (place, { size }) => withTeller(place, PLAIN, (teller) => writeInTurns(teller, size, EVENTS)),
    measure: async (place, { size }) => {
      let bookkeeper: Bookkeeper | undefined;
      const finish = async () => {
        if (bookkeeper !== undefined) await check(bookkeeper, size);
        await bookkeeper?.close();
      };
      const cost = await costPerOperation({
        figures: 1,
        operations: EVENTS,
        prepare: async (batch) => {
          await finish();
          bookkeeper = await openBookkeeper(place, { version: versionOf(place, batch), isIndexed: false });
          if (place.store === "memory") await writeInTurns(bookkeeper.teller, size, EVENTS);
        },
        run: () => bookkeeper?.catchUp(),
      });
      await finish();
      return perSecond(cost);
    },
  };
}

/** Both ways must have folded the same, or their times say nothing. */
async function check(bookkeeper: Bookkeeper, expectedRows: number): Promise<void> {
  const { rows, balance } = await bookkeeper.totals();
  const expected = expectedRows * historicBalance(EVENTS / expectedRows);
  if (rows === expectedRows && balance === expected) return;
  throw new Error(`${rows} rows with ${balance} in all instead of ${expectedRows} with ${expected}`);
}
