import type { Command } from "commander";

import { jsonOption, limitOption, type Runtime } from "./declaration";

const USUAL_LIMIT = 50;

/** Declares `domain list [name]`. */
export function declareList(program: Command, { io, end }: Runtime): void {
  program
    .command("list")
    .description("list the aggregates of a class or the rows of a projection; without a name, the classes")
    .argument("[name]", "the aggregates' class, or a projection")
    .option("--after <id>", "go on behind this id, which need not exist")
    .addOption(limitOption("list at most n of them", USUAL_LIMIT))
    .addOption(jsonOption())
    .action(async (name: string | undefined, _options, command: Command) => {
      const { listAggregates } =
        require("../aggregates/list-aggregates") as typeof import("../aggregates/list-aggregates");
      end(await listAggregates(io, name, command.optsWithGlobals()));
    });
}
