import type { Command } from "commander";

import { declareAggregateConvert } from "./aggregate-convert";
import { declareAggregateList } from "./aggregate-list";
import { declareAggregateVerify } from "./aggregate-verify";
import type { Runtime } from "./declaration";

/** Declares the commands of `domain aggregate`, in the order of its help. */
export function declareAggregateCommands(group: Command, runtime: Runtime): void {
  declareAggregateList(group, runtime);
  declareAggregateVerify(group, runtime);
  declareAggregateConvert(group, runtime);
}
