import { costPerOperation } from "../program/batches";
import { costOf, inMs } from "../program/cost";
import { median } from "../program/median";
import { CONTENDERS, STORES } from "../program/place";
import type { Workload } from "../program/workload";
import { PLAIN, type Teller } from "../tellers/teller";
import { withTeller } from "./with-teller";

const STREAM_LENGTH = 20;
const COMMANDS = 240;
const LOOPS = 16;
const FIGURES = 7;
const WARM_UP_BATCHES = 3;

/** The time of 240 commands on one account of 20 events: from several loops at once, and one after the other. */
export const contended240: Workload = {
  name: "contended-240",
  title: `${COMMANDS} commands on one account`,
  unit: "ms",
  better: "less",
  stores: STORES,
  contenders: CONTENDERS,
  variants: [
    { title: `from ${LOOPS} loops`, size: LOOPS },
    { title: "in a row", size: 1 },
  ],
  measure: (place, { size }) =>
    withTeller(place, PLAIN, async (teller) => {
      const accountId = (batch: number) => `${place.round}-${batch}`;
      const cost = await costPerOperation({
        figures: FIGURES,
        operations: COMMANDS,
        prepare: (batch) => teller.open([accountId(batch)], STREAM_LENGTH),
        run: (batch) => work(teller, accountId(batch), size),
      });
      return { ...inMs(cost), figure: cost.ms * COMMANDS };
    }),
};

/** How many times as long they take from loops as in a row, in turns in one process: 1 where waiting costs nothing. */
export const contendedTimesARow: Workload = {
  name: "contended-times-a-row",
  title: `${COMMANDS} commands on one account, from ${LOOPS} loops`,
  unit: "× in a row",
  better: "less",
  stores: STORES,
  contenders: CONTENDERS,
  variants: [{ title: "", size: LOOPS }],
  measure: (place, { size }) =>
    withTeller(place, PLAIN, async (teller) => {
      const times: number[] = [];
      for (let batch = 0; batch < WARM_UP_BATCHES + FIGURES; batch++) {
        const [contended, alone] = [`${place.round}-${batch}-contended`, `${place.round}-${batch}-alone`];
        await teller.open([contended, alone], STREAM_LENGTH);
        const fromLoops = await costOf(COMMANDS, () => work(teller, contended, size));
        const inARow = await costOf(COMMANDS, () => work(teller, alone, 1));
        if (batch >= WARM_UP_BATCHES) times.push(fromLoops.ms / inARow.ms);
      }
      return median(times);
    }),
};

/** Does all commands on one account, in as many loops at once. */
async function work(teller: Teller, accountId: string, loops: number): Promise<void> {
  const loop = async () => {
    for (let command = 0; command < COMMANDS / loops; command++) {
      const answer = teller.depositPersistently(accountId);
      if (answer instanceof Promise) await answer;
    }
  };
  await Promise.all(Array.from({ length: loops }, loop));
}
