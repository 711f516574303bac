import type { Command } from "commander";

import type { Finish } from "./finish";
import { jsonOption } from "./json-option";

/** `domain check` */
export function declareCheckCommand(program: Command, finish: Finish): void {
  program
    .command("check")
    .description("list everything that is wrong with the domain, without connecting to anything")
    .addOption(jsonOption())
    .action(async (_options, command: Command) => {
      const { check } = require("../commands/check") as typeof import("../commands/check");
      finish(await check(command.optsWithGlobals()));
    });
}
