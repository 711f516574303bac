import type { Command } from "commander";

import { declareCommandsCancel } from "./commands-cancel";
import { declareCommandsList } from "./commands-list";
import { declareCommandsRetry } from "./commands-retry";
import { declareCommandsShow } from "./commands-show";
import type { Runtime } from "./declaration";

/** Declares the commands of `domain commands`, in the order of its help. */
export function declareCommandsCommands(group: Command, runtime: Runtime): void {
  declareCommandsList(group, runtime);
  declareCommandsShow(group, runtime);
  declareCommandsCancel(group, runtime);
  declareCommandsRetry(group, runtime);
}
