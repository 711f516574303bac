import type { Command } from "commander";

import type { Runtime } from "./declaration";
import { declareEventstoreDoctor } from "./eventstore-doctor";
import { declareEventstoreMigrate } from "./eventstore-migrate";
import { declareEventstoreVerify } from "./eventstore-verify";

/** Declares the commands of `domain eventstore`, in the order of its help. */
export function declareEventstoreCommands(group: Command, runtime: Runtime): void {
  declareEventstoreMigrate(group, runtime);
  declareEventstoreVerify(group, runtime);
  declareEventstoreDoctor(group, runtime);
}
