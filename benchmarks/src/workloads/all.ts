import type { Workload } from "../program/workload";
import { append } from "./append";
import { concurrentCommands, contendedCommands, sequentialCommands } from "./commands";
import { contended240, contendedTimesARow } from "./contention";
import { createSnapshots } from "./create-snapshots";
import { firstCommands } from "./first-commands";
import { hearEvents } from "./hear-events";
import { hotAggregateWithCache, hotAggregateWithSnapshots } from "./hot-aggregate";
import { importEvents } from "./import-events";
import { inlineRows } from "./inline-rows";
import { fullReplay, loadWithSnapshot } from "./loads";
import { stepsOfFewProcesses, stepsOfManyProcesses } from "./process-steps";
import { projectIntoFewRows, projectIntoManyRows } from "./project-events";
import { queuedCommands } from "./queued-commands";
import { readAll } from "./read-all";
import { readCategory } from "./read-category";
import { rebuildRows } from "./rebuild-rows";
import { replayMemory } from "./replay-memory";
import { startUp } from "./start-up";
import { stateLoads } from "./state-loads";
import { stateSaves } from "./state-saves";
import { viewGet, viewWhere } from "./view-rows";
import { visibleRow, visibleRowFromAfar } from "./visible-row";

/** In the order of the table. */
export const WORKLOADS: readonly Workload[] = [
  sequentialCommands,
  firstCommands,
  append,
  concurrentCommands,
  contendedCommands,
  contended240,
  contendedTimesARow,
  hotAggregateWithSnapshots,
  hotAggregateWithCache,
  fullReplay,
  loadWithSnapshot,
  stateLoads,
  stateSaves,
  importEvents,
  createSnapshots,
  readCategory,
  readAll,
  hearEvents,
  projectIntoFewRows,
  projectIntoManyRows,
  inlineRows,
  stepsOfFewProcesses,
  stepsOfManyProcesses,
  queuedCommands,
  rebuildRows,
  visibleRow,
  visibleRowFromAfar,
  viewGet,
  viewWhere,
  replayMemory,
  startUp,
];
