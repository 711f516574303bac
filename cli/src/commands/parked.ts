import type { Command } from "commander";

import type { Runtime } from "./declaration";
import { declareParkedList } from "./parked-list";
import { declareParkedRetry } from "./parked-retry";
import { declareParkedShow } from "./parked-show";
import { declareParkedSkip } from "./parked-skip";

/** Declares the commands of `domain parked`, in the order of its help. */
export function declareParkedCommands(group: Command, runtime: Runtime): void {
  declareParkedList(group, runtime);
  declareParkedShow(group, runtime);
  declareParkedRetry(group, runtime);
  declareParkedSkip(group, runtime);
}
