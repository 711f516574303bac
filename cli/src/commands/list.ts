import type { Command } from "commander";

import { jsonOption, limitOption, type Runtime } from "./declaration";

const USUAL_LIMIT = 50;

/** Declares `domain list [aggregate]`. */
export function declareList(program: Command, { io, end }: Runtime): void {
  program
    .command("list")
    .description("list the aggregates of a class with their versions; without a class, the classes")
    .argument("[aggregate]", "the aggregates' class")
    .option("--after <id>", "go on behind this id, which need not exist")
    .addOption(limitOption("list at most n aggregates", USUAL_LIMIT))
    .addOption(jsonOption())
    .action(async (aggregate: string | undefined, _options, command: Command) => {
      const { listAggregates } =
        require("../aggregates/list-aggregates") as typeof import("../aggregates/list-aggregates");
      end(await listAggregates(io, aggregate, command.optsWithGlobals()));
    });
}
