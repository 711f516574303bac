import { historicBalance } from "../bank";
import { costPerOperation } from "../program/batches";
import { inMs } from "../program/cost";
import { CONTENDERS, type Place, STORES } from "../program/place";
import type { Sample } from "../program/sample";
import type { Variant, Workload } from "../program/workload";
import { PLAIN, SNAPSHOTS_BY_HAND, type Teller, type TellerOptions } from "../tellers/teller";
import { withTeller } from "./with-teller";

const LENGTHS = [1_000, 10_000, 100_000, 1_000_000];
const TRAILING = 5;
const EVENTS_A_BATCH = 50_000;
const LOADS_A_BATCH = 300;

/** Every event is read, parsed and folded. */
export const fullReplay: Workload = {
  name: "replay",
  title: "full replay",
  unit: "ms",
  better: "less",
  stores: STORES,
  contenders: CONTENDERS,
  variants: variants(),
  fill: (place, { size }) => withTeller(place, PLAIN, (teller) => write(teller, replayed(size), size)),
  measure: (place, { size }) =>
    loading(place, PLAIN, { accountId: replayed(size), events: size, loads: Math.ceil(EVENTS_A_BATCH / size) }),
};

/** A snapshot and five events after it, whatever lies below. */
export const loadWithSnapshot: Workload = {
  name: "load-with-snapshot",
  title: `load of a snapshot and ${TRAILING} events`,
  unit: "ms",
  better: "less",
  stores: STORES,
  contenders: CONTENDERS,
  variants: variants(),
  fill: (place, { size }) => withTeller(place, SNAPSHOTS_BY_HAND, (teller) => writeWithSnapshot(teller, size)),
  measure: (place, { size }) =>
    loading(place, SNAPSHOTS_BY_HAND, {
      accountId: snapshotted(size),
      events: size + TRAILING,
      loads: LOADS_A_BATCH,
    }),
};

function variants(): Variant[] {
  return LENGTHS.map((size) => ({ title: `${size.toLocaleString("en")} events`, size }));
}

interface Loads {
  readonly accountId: string;
  readonly events: number;
  readonly loads: number;
}

function loading(place: Place, options: TellerOptions, { accountId, events, loads }: Loads): Promise<Sample> {
  return withTeller(place, options, async (teller) => {
    if (place.store === "memory") {
      if (options === PLAIN) await write(teller, accountId, events);
      else await writeWithSnapshot(teller, events - TRAILING);
    }
    // Both ways must have read the same, or their times say nothing.
    const [found, expected] = [await teller.balance(accountId), historicBalance(events)];
    if (found !== expected) throw new Error(`${place.contender} read a balance of ${found} instead of ${expected}`);
    const cost = await costPerOperation({
      figures: 7,
      operations: loads,
      run: async () => {
        for (let load = 0; load < loads; load++) {
          const answer = teller.balance(accountId);
          if (answer instanceof Promise) await answer;
        }
      },
    });
    return inMs(cost);
  });
}

async function write(teller: Teller, accountId: string, events: number): Promise<void> {
  await teller.open([accountId], events);
}

async function writeWithSnapshot(teller: Teller, events: number): Promise<void> {
  await teller.open([snapshotted(events)], events);
  await teller.snapshotAll();
  await teller.append(snapshotted(events), events, TRAILING);
}

function replayed(events: number): string {
  return `replayed-${events}`;
}

function snapshotted(events: number): string {
  return `snapshotted-${events}`;
}
