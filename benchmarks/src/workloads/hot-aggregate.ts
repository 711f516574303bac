import { costPerOperation } from "../program/batches";
import { perSecond } from "../program/cost";
import { CONTENDERS, STORES } from "../program/place";
import type { Workload } from "../program/workload";
import { PLAIN, type TellerOptions } from "../tellers/teller";
import { withTeller } from "./with-teller";

const STREAM_LENGTH = 10_000;
const COMMANDS = 200;
const FIGURES = 7;

/** One account of 10,000 events, command after command, with a snapshot every 100 events. */
export const hotAggregateWithSnapshots = hotAggregate("hot-with-snapshots", "with snapshots", {
  ...PLAIN,
  snapshotEvery: 100,
});

/** The same account, kept between commands: each command is one append. */
export const hotAggregateWithCache = hotAggregate("hot-with-cache", "with the cache", {
  ...PLAIN,
  snapshotEvery: 100,
  isCaching: true,
});

function hotAggregate(name: string, how: string, options: TellerOptions): Workload {
  return {
    name,
    title: `a hot account, ${how}`,
    unit: "commands/s",
    better: "more",
    stores: STORES,
    contenders: CONTENDERS,
    variants: [{ title: "10,000 events", size: STREAM_LENGTH }],
    measure: (place, { size }) =>
      withTeller(place, options, async (teller) => {
        const accountId = `hot-${place.round}`;
        await teller.open([accountId], size);
        await teller.snapshotAll();
        const cost = await costPerOperation({
          figures: FIGURES,
          operations: COMMANDS,
          run: async () => {
            for (let command = 0; command < COMMANDS; command++) {
              const answer = teller.deposit(accountId);
              if (answer instanceof Promise) await answer;
            }
          },
        });
        return perSecond(cost);
      }),
  };
}
