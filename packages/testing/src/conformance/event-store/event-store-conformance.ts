import { testRunner } from "../test-runner";
import { abilities } from "./abilities";
import { appending } from "./appending";
import { atomicity } from "./atomicity";
import { categories } from "./categories";
import { concurrency } from "./concurrency";
import { countingEvents } from "./counting-events";
import { damageOf } from "./damage";
import { expectedVersions } from "./expected-versions";
import { forgetting } from "./forgetting";
import { globalOrder } from "./global-order";
import { globalPages } from "./global-pages";
import { idempotentAppend } from "./idempotent-append";
import { identifiers } from "./identifiers";
import { isolationOfReturnedValues } from "./isolation-of-returned-values";
import { largeAppends } from "./large-appends";
import { noForgetting, noListening, noOperations } from "./left-out";
import { lifecycle } from "./lifecycle";
import { listening } from "./listening";
import { listingStreams } from "./listing-streams";
import { loading } from "./loading";
import { checkpointsOfSubscriptions } from "./operations/checkpoints";
import { commandQueue } from "./operations/command-queue";
import { inbox } from "./operations/inbox";
import { leases } from "./operations/leases";
import { parkedKeys } from "./operations/parked-keys";
import { partialTables } from "./operations/partial-tables";
import { queueClaims } from "./operations/queue-claims";
import { queueLists } from "./operations/queue-lists";
import { readModels } from "./operations/read-models";
import { replacedCheckpoints } from "./operations/replaced-checkpoints";
import { rowGuards } from "./operations/row-guards";
import { rowQueries } from "./operations/row-queries";
import { statements } from "./operations/statements";
import { states } from "./operations/states";
import { tableExtensions } from "./operations/table-extensions";
import { tableSwitches } from "./operations/table-switches";
import { timers } from "./operations/timers";
import { transactions } from "./operations/transactions";
import { uniqueIndexes } from "./operations/unique-indexes";
import { views } from "./operations/views";
import { randomHistories } from "./random-histories";
import { readingStreams } from "./reading-streams";
import { snapshotWrites } from "./snapshot-writes";
import { snapshots } from "./snapshots";
import { type EventStoreConformance, StoreUnderTest } from "./store-under-test";
import { values } from "./values";
import { verify } from "./verify";

type Behaviours = Readonly<Record<string, (at: StoreUnderTest) => void>>;

const behaviours: Behaviours = {
  appending,
  "expected versions": expectedVersions,
  concurrency,
  "idempotent append": idempotentAppend,
  atomicity,
  "large appends": largeAppends,
  "reading streams": readingStreams,
  categories,
  "global order": globalOrder,
  "global pages": globalPages,
  "counting events": countingEvents,
  identifiers,
  values,
  "isolation of returned values": isolationOfReturnedValues,
  loading,
  snapshots,
  "snapshot writes": snapshotWrites,
  "listing streams": listingStreams,
  verify,
  lifecycle,
};

const ofOperations: Behaviours = {
  "rows of read models": readModels,
  "queries of rows": rowQueries,
  "unique indexes": uniqueIndexes,
  "guards of rows": rowGuards,
  views,
  "extensions of tables": tableExtensions,
  "tables given in part": partialTables,
  "switches of tables": tableSwitches,
  statements,
  checkpoints: checkpointsOfSubscriptions,
  "replaced checkpoints": replacedCheckpoints,
  leases,
  "parked keys": parkedKeys,
  inbox,
  timers,
  "the command queue": commandQueue,
  "claims of queue entries": queueClaims,
  "lists of queue entries": queueLists,
  states,
  operations: transactions,
};

/**
 * Declares the tests that every event store has to pass, whoever wrote it: under jest, or under `node --test`.
 *
 * ```ts
 * eventStoreConformance({
 *   name: "the memory event store",
 *   abilities: { durable: false, sharedByProcesses: false, detectsDamage: false },
 *   open: async () => openMemoryStore(),
 * });
 * ```
 *
 * Every test gets a store of its own from `open` and disposes of it.
 */
export function eventStoreConformance(conformance: EventStoreConformance): void {
  const { describe, beforeEach, afterEach } = testRunner();
  for (const [title, declare] of Object.entries(behavioursOf(conformance))) {
    describe(`${conformance.name}: ${title}`, () => {
      const at = new StoreUnderTest(conformance);
      beforeEach(() => at.open());
      afterEach(() => at.dispose());
      declare(at);
    });
  }
}

/** In this order: what a store declares comes first. */
function behavioursOf({ abilities: declared, damage, leavesOut = [] }: EventStoreConformance): Behaviours {
  return {
    abilities,
    ...behaviours,
    ...(leavesOut.includes("onAppend") ? { listening: noListening } : { listening }),
    ...(leavesOut.includes("forget") ? { forgetting: noForgetting } : { forgetting }),
    ...(leavesOut.includes("operations") ? { operations: noOperations } : ofOperations),
    "random histories": randomHistories,
    ...(declared.detectsDamage && damage && { damage: damageOf(damage) }),
  };
}
