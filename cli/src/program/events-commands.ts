import { type Command, Option } from "commander";

import { atLeast } from "../number-option";
import type { Finish } from "./finish";
import { jsonOption } from "./json-option";

/** `domain events …` */
export function declareEventsCommands(program: Command, finish: Finish): void {
  const events = program.command("events").description("the events of streams and aggregates");

  events
    .command("read")
    .description("print the events of one stream")
    .argument("<stream>", "such as fidelis::account-123")
    .addOption(new Option("--from <position>", "begin at this position").argParser(atLeast(0)))
    .addOption(new Option("--limit <n>", "print at most so many").argParser(atLeast(1)))
    .addOption(jsonOption())
    .action(async (stream: string, _options, command: Command) => {
      const { eventsRead } = require("../commands/events-read") as typeof import("../commands/events-read");
      finish(await eventsRead(stream, command.optsWithGlobals()));
    });

  events
    .command("history")
    .description("print the events of one aggregate and where its snapshot stands")
    .requiredOption("--aggregate <name>", "the aggregate's class")
    .requiredOption("--identifier <id>", "the aggregate's id")
    .addOption(jsonOption())
    .action(async (_options, command: Command) => {
      const { eventsHistory } = require("../commands/events-history") as typeof import("../commands/events-history");
      finish(await eventsHistory(command.optsWithGlobals()));
    });
}
