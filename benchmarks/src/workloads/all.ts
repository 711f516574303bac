import type { Workload } from "../program/workload";
import { concurrentCommands, contendedCommands, sequentialCommands } from "./commands";
import { createSnapshots } from "./create-snapshots";
import { hotAggregateWithCache, hotAggregateWithSnapshots } from "./hot-aggregate";
import { importEvents } from "./import-events";
import { fullReplay, loadWithSnapshot } from "./loads";
import { readCategory } from "./read-category";
import { replayMemory } from "./replay-memory";
import { startUp } from "./start-up";

/** In the order of the table. */
export const WORKLOADS: readonly Workload[] = [
  sequentialCommands,
  concurrentCommands,
  contendedCommands,
  hotAggregateWithSnapshots,
  hotAggregateWithCache,
  fullReplay,
  loadWithSnapshot,
  importEvents,
  createSnapshots,
  readCategory,
  replayMemory,
  startUp,
];
