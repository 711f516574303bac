import type { Command } from "commander";

import type { Runtime } from "./declaration";
import { declareProcessesList } from "./processes-list";
import { declareProcessesShow } from "./processes-show";

/** Declares the commands of `domain processes`, in the order of its help. */
export function declareProcessesCommands(group: Command, runtime: Runtime): void {
  declareProcessesList(group, runtime);
  declareProcessesShow(group, runtime);
}
