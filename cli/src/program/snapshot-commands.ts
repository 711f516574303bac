import { type Command, Option } from "commander";

import { atLeast } from "../number-option";
import type { Finish } from "./finish";
import { jsonOption } from "./json-option";

/** `domain snapshot …` */
export function declareSnapshotCommands(program: Command, finish: Finish): void {
  const snapshot = program.command("snapshot").description("snapshots: cached states that shorten loading");

  snapshot
    .command("create")
    .description("create the snapshots of one aggregate, of all aggregates of a class, or of the whole domain")
    .option("--aggregate <name>", ONLY_CLASS)
    .option("--identifier <id>", ONLY_ID)
    .option("--rebuild", "fold all events again instead of starting from the snapshot there is")
    .option("--dry-run", "say what would be created and write nothing")
    .addOption(new Option("--concurrency <n>", "how many aggregates to work on at a time").argParser(atLeast(1)))
    .addOption(jsonOption())
    .action(async (_options, command: Command) => {
      const { snapshotCreate } = require("../commands/snapshot-create") as typeof import("../commands/snapshot-create");
      finish(await snapshotCreate(command.optsWithGlobals()));
    });

  snapshot
    .command("list")
    .description("list the snapshots: how far behind, how old, how large, and whether a load can use them")
    .option("--aggregate <name>", ONLY_CLASS)
    .option("--identifier <id>", ONLY_ID)
    .addOption(jsonOption())
    .action(async (_options, command: Command) => {
      const { snapshotList } = require("../commands/snapshot-list") as typeof import("../commands/snapshot-list");
      finish(await snapshotList(command.optsWithGlobals()));
    });

  snapshot
    .command("show")
    .description("print the latest readable snapshot of one aggregate, with its state")
    .requiredOption("--aggregate <name>", "the aggregate's class")
    .requiredOption("--identifier <id>", "the aggregate's id")
    .addOption(jsonOption())
    .action(async (_options, command: Command) => {
      const { snapshotShow } = require("../commands/snapshot-show") as typeof import("../commands/snapshot-show");
      finish(await snapshotShow(command.optsWithGlobals()));
    });

  snapshot
    .command("verify")
    .description("rebuild aggregates from their events and report where their snapshots say something else")
    .option("--aggregate <name>", ONLY_CLASS)
    .option("--identifier <id>", ONLY_ID)
    .option("--repair", "write new snapshots in the place of those that are wrong")
    .addOption(jsonOption())
    .action(async (_options, command: Command) => {
      const { snapshotVerify } = require("../commands/snapshot-verify") as typeof import("../commands/snapshot-verify");
      finish(await snapshotVerify(command.optsWithGlobals()));
    });

  snapshot
    .command("stats")
    .description("say what the snapshots amount to and how stale they are")
    .option("--aggregate <name>", ONLY_CLASS)
    .addOption(jsonOption())
    .action(async (_options, command: Command) => {
      const { snapshotStats } = require("../commands/snapshot-stats") as typeof import("../commands/snapshot-stats");
      finish(await snapshotStats(command.optsWithGlobals()));
    });

  snapshot
    .command("prune")
    .description("keep the newest snapshots of each aggregate and delete the others")
    .addOption(
      new Option("--keep <n>", "how many to keep of each aggregate, schema version and shape")
        .argParser(atLeast(1))
        .makeOptionMandatory(),
    )
    .option("--aggregate <name>", ONLY_CLASS)
    .option("--dry-run", NOTHING_DELETED)
    .addOption(jsonOption())
    .action(async (_options, command: Command) => {
      const { snapshotPrune } = require("../commands/snapshot-prune") as typeof import("../commands/snapshot-prune");
      finish(await snapshotPrune(command.optsWithGlobals()));
    });

  snapshot
    .command("delete")
    .description("delete the snapshots of one aggregate, of all aggregates of a class, or of the whole domain")
    .option("--aggregate <name>", ONLY_CLASS)
    .option("--identifier <id>", ONLY_ID)
    .addOption(new Option("--all", "those of the whole domain").conflicts(["aggregate", "identifier"]))
    .addOption(
      new Option("--schema-version-below <n>", "only those of a schema version below this").argParser(atLeast(1)),
    )
    .option("--dry-run", NOTHING_DELETED)
    .addOption(jsonOption())
    .action(async (_options, command: Command) => {
      const { snapshotDelete } = require("../commands/snapshot-delete") as typeof import("../commands/snapshot-delete");
      finish(await snapshotDelete(command.optsWithGlobals()));
    });
}

const ONLY_CLASS = "only aggregates of this class";
const ONLY_ID = "only the aggregate with this id; needs --aggregate";
const NOTHING_DELETED = "say how many would be deleted and delete nothing";
