import type { Command } from "commander";

import type { Runtime } from "./declaration";
import { declareSnapshotCreate } from "./snapshot-create";
import { declareSnapshotDelete } from "./snapshot-delete";
import { declareSnapshotList } from "./snapshot-list";
import { declareSnapshotPrune } from "./snapshot-prune";
import { declareSnapshotShow } from "./snapshot-show";
import { declareSnapshotStats } from "./snapshot-stats";
import { declareSnapshotVerify } from "./snapshot-verify";

/** Declares the commands of `domain snapshot`, in the order of its help. */
export function declareSnapshotCommands(group: Command, runtime: Runtime): void {
  declareSnapshotCreate(group, runtime);
  declareSnapshotList(group, runtime);
  declareSnapshotShow(group, runtime);
  declareSnapshotVerify(group, runtime);
  declareSnapshotStats(group, runtime);
  declareSnapshotPrune(group, runtime);
  declareSnapshotDelete(group, runtime);
}
