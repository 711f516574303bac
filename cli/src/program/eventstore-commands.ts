import type { Command } from "commander";

import type { Finish } from "./finish";
import { jsonOption } from "./json-option";

/** `domain eventstore …` */
export function declareEventstoreCommands(program: Command, finish: Finish): void {
  const eventstore = program.command("eventstore").description("the event store as a whole");

  eventstore
    .command("migrate")
    .description("create or upgrade the event store's schema, whatever auto_migrate says")
    .addOption(jsonOption())
    .action(async (_options, command: Command) => {
      const { eventstoreMigrate } =
        require("../commands/eventstore-migrate") as typeof import("../commands/eventstore-migrate");
      finish(await eventstoreMigrate(command.optsWithGlobals()));
    });

  eventstore
    .command("verify")
    .description("read everything there is and report what is damaged or missing")
    .addOption(jsonOption())
    .action(async (_options, command: Command) => {
      const { eventstoreVerify } =
        require("../commands/eventstore-verify") as typeof import("../commands/eventstore-verify");
      finish(await eventstoreVerify(command.optsWithGlobals()));
    });
}
