import type { Command } from "commander";

import type { Runtime } from "./declaration";
import { declareProjectionDrop } from "./projection-drop";
import { declareProjectionExplain } from "./projection-explain";
import { declareProjectionList } from "./projection-list";
import { declareProjectionRebuild } from "./projection-rebuild";
import { declareProjectionSwitch } from "./projection-switch";
import { declareProjectionVerify } from "./projection-verify";

/** Declares the commands of `domain projection`, in the order of its help. */
export function declareProjectionCommands(group: Command, runtime: Runtime): void {
  declareProjectionList(group, runtime);
  declareProjectionRebuild(group, runtime);
  declareProjectionVerify(group, runtime);
  declareProjectionExplain(group, runtime);
  declareProjectionSwitch(group, runtime);
  declareProjectionDrop(group, runtime);
}
