import { Command, CommanderError, Option } from "commander";

import { ExitStatus } from "./exit-status";
import { atLeast } from "./number-option";
import { reportError } from "./report-error";

/**
 * Runs one command line and gives its exit status; every error has been reported by then.
 *
 * The commands are loaded when they run, so that `--help` waits for neither the framework nor the user's modules.
 */
export async function run(args: readonly string[], { debug }: { debug: boolean }): Promise<number> {
  let status: number = ExitStatus.done;
  const program = declareProgram((result) => {
    status = result;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return status;
  } catch (error) {
    // Commander has said it already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitStatus.done : ExitStatus.misused;
    return reportError(error, { debug });
  }
}

function declareProgram(finish: (status: number) => void): Command {
  const program = new Command("domain")
    .description("Looks after the domains of Tidemark applications: their snapshots, events and event stores.")
    .version(ownVersion(), "--version", "print the version")
    .option(
      "--domain <module>",
      'TypeScript or JavaScript module, or <module>:<export> (default: "module" in domain.toml)',
    )
    .option("--debug", "print stack traces")
    .helpOption("--help", "print this help")
    .configureHelp({ showGlobalOptions: true })
    .exitOverride();

  const snapshot = program.command("snapshot").description("snapshots: cached states that shorten loading");
  const events = program.command("events").description("the events of streams and aggregates");
  const eventstore = program.command("eventstore").description("the event store as a whole");

  snapshot
    .command("create")
    .description("create the snapshots of one aggregate, of all aggregates of a class, or of the whole domain")
    .option("--aggregate <name>", "only aggregates of this class")
    .option("--identifier <id>", "only the aggregate with this id; needs --aggregate")
    .option("--rebuild", "fold all events again instead of starting from the snapshot there is")
    .option("--dry-run", "say what would be created and write nothing")
    .addOption(new Option("--concurrency <n>", "how many aggregates to work on at a time").argParser(atLeast(1)))
    .option("--json", JSON_HELP)
    .action(async (_options, command: Command) => {
      const { snapshotCreate } = require("./commands/snapshot-create") as typeof import("./commands/snapshot-create");
      finish(await snapshotCreate(command.optsWithGlobals()));
    });

  events
    .command("read")
    .description("print the events of one stream")
    .argument("<stream>", "such as fidelis::account-123")
    .addOption(new Option("--from <position>", "begin at this position").argParser(atLeast(0)))
    .addOption(new Option("--limit <n>", "print at most so many").argParser(atLeast(1)))
    .option("--json", JSON_HELP)
    .action(async (stream: string, _options, command: Command) => {
      const { eventsRead } = require("./commands/events-read") as typeof import("./commands/events-read");
      finish(await eventsRead(stream, command.optsWithGlobals()));
    });

  events
    .command("history")
    .description("print the events of one aggregate and where its snapshot stands")
    .requiredOption("--aggregate <name>", "the aggregate's class")
    .requiredOption("--identifier <id>", "the aggregate's id")
    .option("--json", JSON_HELP)
    .action(async (_options, command: Command) => {
      const { eventsHistory } = require("./commands/events-history") as typeof import("./commands/events-history");
      finish(await eventsHistory(command.optsWithGlobals()));
    });

  eventstore
    .command("migrate")
    .description("create or upgrade the event store's schema, whatever auto_migrate says")
    .option("--json", JSON_HELP)
    .action(async (_options, command: Command) => {
      const { eventstoreMigrate } =
        require("./commands/eventstore-migrate") as typeof import("./commands/eventstore-migrate");
      finish(await eventstoreMigrate(command.optsWithGlobals()));
    });

  eventstore
    .command("verify")
    .description("read everything there is and report what is damaged or missing")
    .option("--json", JSON_HELP)
    .action(async (_options, command: Command) => {
      const { eventstoreVerify } =
        require("./commands/eventstore-verify") as typeof import("./commands/eventstore-verify");
      finish(await eventstoreVerify(command.optsWithGlobals()));
    });

  return program;
}

const JSON_HELP = "print one JSON document";

function ownVersion(): string {
  const { version } = require("../package.json") as { version: string };
  return version;
}
