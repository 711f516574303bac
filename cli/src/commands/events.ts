import type { Command } from "commander";

import type { Runtime } from "./declaration";
import { declareEventsHistory } from "./events-history";
import { declareEventsRead } from "./events-read";
import { declareEventsSearch } from "./events-search";
import { declareEventsStats } from "./events-stats";
import { declareEventsTail } from "./events-tail";
import { declareEventsTrace } from "./events-trace";

/** Declares the commands of `domain events`, in the order of its help. */
export function declareEventsCommands(group: Command, runtime: Runtime): void {
  declareEventsRead(group, runtime);
  declareEventsHistory(group, runtime);
  declareEventsTail(group, runtime);
  declareEventsSearch(group, runtime);
  declareEventsTrace(group, runtime);
  declareEventsStats(group, runtime);
}
