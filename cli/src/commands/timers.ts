import type { Command } from "commander";

import type { Runtime } from "./declaration";
import { declareTimersCancel } from "./timers-cancel";
import { declareTimersFire } from "./timers-fire";
import { declareTimersList } from "./timers-list";

/** Declares the commands of `domain timers`, in the order of its help. */
export function declareTimersCommands(group: Command, runtime: Runtime): void {
  declareTimersList(group, runtime);
  declareTimersCancel(group, runtime);
  declareTimersFire(group, runtime);
}
