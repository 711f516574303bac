import { type Command, Option } from "commander";

import { fieldCondition } from "../events/field-condition";
import { atLeast } from "../number-option";
import { endOf, startOf } from "../time-option";
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

  events
    .command("search")
    .description("print the events that are of a type, of a time, of a cause or that hold a value")
    .option("--type <name>", "of this type: DepositMade, or as stored; may be repeated", repeated)
    .option("--aggregate <name>", "only aggregates of this class")
    .option("--identifier <id>", "only the aggregate with this id; needs --aggregate")
    .addOption(new Option("--category <name>", "only streams of this category").conflicts(["aggregate", "stream"]))
    .addOption(new Option("--stream <name>", "only this stream").conflicts(["aggregate", "category"]))
    .option("--correlation <id>", "only with this correlation id")
    .option("--causation <id>", "only with this causation id: those of one command")
    .addOption(new Option("--since <time>", "not before this day or time (UTC)").argParser(startOf))
    .addOption(new Option("--until <time>", "not after this day or time (UTC)").argParser(endOf))
    .addOption(
      new Option("--where <field=value>", "whose data has this value there; may be repeated").argParser(fieldCondition),
    )
    .addOption(new Option("--limit <n>", "find at most so many").argParser(atLeast(1)))
    .addOption(
      new Option("--json [lines]", "print one JSON document, or with lines one for each event").choices(["lines"]),
    )
    .action(async (_options, command: Command) => {
      const { eventsSearch } = require("../commands/events-search") as typeof import("../commands/events-search");
      finish(await eventsSearch(command.optsWithGlobals()));
    });

  events
    .command("trace")
    .description("print what one request set off: commands, their events, and the commands within")
    .argument("<correlationId>", "what the events' metadata holds as correlationId")
    .addOption(new Option("--limit <n>", "take in at most so many events").argParser(atLeast(1)).default(10_000))
    .addOption(jsonOption())
    .action(async (correlationId: string, _options, command: Command) => {
      const { eventsTrace } = require("../commands/events-trace") as typeof import("../commands/events-trace");
      finish(await eventsTrace(correlationId, command.optsWithGlobals()));
    });

  events
    .command("stats")
    .description("count the events by type and category, and name the longest streams")
    .option("--aggregate <name>", "only aggregates of this class")
    .addOption(jsonOption())
    .action(async (_options, command: Command) => {
      const { eventsStats } = require("../commands/events-stats") as typeof import("../commands/events-stats");
      finish(await eventsStats(command.optsWithGlobals()));
    });
}

function repeated(value: string, others: readonly string[] = []): readonly string[] {
  return [...others, value];
}
