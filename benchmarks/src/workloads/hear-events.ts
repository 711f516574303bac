import type { Listeners } from "../listeners/listeners";
import { openListeners } from "../listeners/open-listeners";
import { costPerOperation } from "../program/batches";
import { perSecond } from "../program/cost";
import { STORES } from "../program/place";
import type { Workload } from "../program/workload";
import { PLAIN } from "../tellers/teller";
import { versionOf } from "./version-of";
import { withTeller } from "./with-teller";
import { writeInTurns } from "./write-in-turns";

const EVENTS = 100_000;
const ACCOUNTS = 1_000;

/** Event handlers that do nothing, new to the log, each with a checkpoint of its own. */
export const hearEvents: Workload = {
  name: "hear",
  title: "100,000 events to handlers that do nothing",
  unit: "events/s",
  better: "more",
  stores: STORES,
  variants: [
    { title: "1 handler", size: 1 },
    { title: "16 handlers", size: 16 },
  ],
  // One log for both variants.
  fill: async (place, { size }) => {
    if (size === 1) await withTeller(place, PLAIN, (teller) => writeInTurns(teller, ACCOUNTS, EVENTS));
  },
  measure: async (place, { size: count }) => {
    let listeners: Listeners | undefined;
    const finish = async () => {
      if (listeners !== undefined && listeners.heard !== count * EVENTS)
        throw new Error(`${listeners.heard} events were handed over instead of ${count * EVENTS}`);
      await listeners?.close();
    };
    const cost = await costPerOperation({
      figures: 1,
      operations: EVENTS,
      prepare: async (batch) => {
        await finish();
        listeners = await openListeners(place, { count, prefix: `listener-${versionOf(place, batch)}` });
        if (place.store === "memory") await writeInTurns(listeners.teller, ACCOUNTS, EVENTS);
      },
      run: () => listeners?.catchUp(),
    });
    await finish();
    return perSecond(cost);
  },
};
