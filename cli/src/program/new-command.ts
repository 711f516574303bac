import { type Command, Option } from "commander";

import { STORES } from "../new-project/project-files";
import type { Finish } from "./finish";
import { jsonOption } from "./json-option";

/** `domain new` */
export function declareNewCommand(program: Command, finish: Finish): void {
  program
    .command("new")
    .description("write a small working project: an aggregate with events and commands, a test, domain.toml")
    .argument("<name>", "what the package and the domain are called, such as shop or @acme/shop")
    .option("--directory <path>", "where to; a folder that does not exist or is empty (default: the name)")
    .addOption(new Option("--store <name>", "where events are kept").choices(STORES).default("sqlite"))
    .addOption(jsonOption())
    .action(async (name: string, _options, command: Command) => {
      const { newProject } = require("../commands/new") as typeof import("../commands/new");
      finish(await newProject(name, command.optsWithGlobals()));
    });
}
