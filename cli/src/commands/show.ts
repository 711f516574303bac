import { type Command, Option } from "commander";

import { jsonOption, limitOption, type Runtime, wholeNumber } from "./declaration";

const USUAL_LIMIT = 20;

/** Declares `domain show <name> <id>`. */
export function declareShow(program: Command, { io, end }: Runtime): void {
  program
    .command("show")
    .description("print the state of one aggregate, and what each of its events changed; or a row of a projection")
    .argument("<name>", "the aggregate's class, or a projection")
    .argument("<id>", "the aggregate's id, or the row's key")
    .addOption(new Option("--at-version <n>", "the state after this event").argParser(wholeNumber(0)))
    .addOption(limitOption("print what the newest n events changed", USUAL_LIMIT))
    .addOption(jsonOption())
    .action(async (name: string, id: string, _options, command: Command) => {
      const { showAggregate } =
        require("../aggregates/show-aggregate") as typeof import("../aggregates/show-aggregate");
      end(await showAggregate(io, { aggregate: name, id }, command.optsWithGlobals()));
    });
}
