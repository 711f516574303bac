import { Command, CommanderError } from "commander";

import { declareCheck } from "./commands/check";
import { CommandGroup } from "./commands/command-group";
import type { Runtime } from "./commands/declaration";
import { declareList } from "./commands/list";
import { declareNew } from "./commands/new";
import { declareServer } from "./commands/server";
import { declareShell } from "./commands/shell";
import { declareShow } from "./commands/show";
import { ExitStatus } from "./io/exit-status";
import type { Io } from "./io/io";
import { reportError } from "./printing/report-error";

/**
 * Runs one command line, with everything outside the program behind `io`.
 * @returns the exit status. Errors have been reported on standard error by then.
 */
export async function run(args: readonly string[], io: Io): Promise<number> {
  let status: number = ExitStatus.done;
  const program = declareProgram({
    io,
    end: (result) => {
      status = result;
    },
  });
  // Commander looks for the options of the program behind the words of a command too, where `--version 1` is an option of its own.
  if (args[0]?.startsWith("-") ?? true) program.version(ownVersion(), "--version", "print the version");
  try {
    await program.parseAsync(args, { from: "user" });
    return status;
  } catch (error) {
    // Commander has printed its own errors and its help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitStatus.done : ExitStatus.misused;
    return reportError(error, io, { debug: isDebug(args) });
  }
}

/** Returns whether errors are printed with their stacks. It is read from the arguments, because parsing them can fail. */
export function isDebug(args: readonly string[]): boolean {
  return args.includes("--debug");
}

function declareProgram(runtime: Runtime): Command {
  const { stdout, stderr } = runtime.io;
  const program = new Command("domain")
    .description("Runs Tidemark domains, and manages their events, snapshots and event stores.")
    .option(
      "--domain <module>",
      'TypeScript or JavaScript module, or <module>:<export> (default: "module" in domain.toml)',
    )
    .option("--no-cache", "transpile every TypeScript file anew, and keep none")
    .option("--debug", "print stack traces")
    .helpOption("--help", "print this help")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => (stdout.isTTY ? stdout.columns : undefined) as number,
      getErrHelpWidth: () => (stderr.isTTY ? stderr.columns : undefined) as number,
    })
    .exitOverride()
    .hook("preSubcommand", (_, subcommand) => {
      if (subcommand instanceof CommandGroup) subcommand.declareCommands();
    });

  declareNew(program, runtime);
  declareCheck(program, runtime);
  declareList(program, runtime);
  declareShow(program, runtime);
  declareServer(program, runtime);

  const groups = [
    new CommandGroup("aggregate", "how aggregates are stored: list, verify and convert them", (group) => {
      const { declareAggregateCommands } = require("./commands/aggregate") as typeof import("./commands/aggregate");
      declareAggregateCommands(group, runtime);
    }),
    new CommandGroup("snapshot", "snapshots: stored states that shorten loading", (group) => {
      const { declareSnapshotCommands } = require("./commands/snapshot") as typeof import("./commands/snapshot");
      declareSnapshotCommands(group, runtime);
    }),
    new CommandGroup("events", "the events of streams and aggregates", (group) => {
      const { declareEventsCommands } = require("./commands/events") as typeof import("./commands/events");
      declareEventsCommands(group, runtime);
    }),
    new CommandGroup("subscriptions", "how far projections, event handlers and process managers are", (group) => {
      const { declareSubscriptionsCommands } =
        require("./commands/subscriptions") as typeof import("./commands/subscriptions");
      declareSubscriptionsCommands(group, runtime);
    }),
    new CommandGroup("parked", "events that failed, and the keys that wait because of them", (group) => {
      const { declareParkedCommands } = require("./commands/parked") as typeof import("./commands/parked");
      declareParkedCommands(group, runtime);
    }),
    new CommandGroup(
      "processes",
      "the instances of process managers: how far they are, and what they wait for",
      (group) => {
        const { declareProcessesCommands } = require("./commands/processes") as typeof import("./commands/processes");
        declareProcessesCommands(group, runtime);
      },
    ),
    new CommandGroup("timers", "the timers of process managers: list, cancel and fire them", (group) => {
      const { declareTimersCommands } = require("./commands/timers") as typeof import("./commands/timers");
      declareTimersCommands(group, runtime);
    }),
    new CommandGroup("commands", "the commands that are carried out later: list, cancel and retry them", (group) => {
      const { declareCommandsCommands } = require("./commands/commands") as typeof import("./commands/commands");
      declareCommandsCommands(group, runtime);
    }),
    new CommandGroup("projection", "the rows of projections: rebuild, verify and explain them", (group) => {
      const { declareProjectionCommands } = require("./commands/projection") as typeof import("./commands/projection");
      declareProjectionCommands(group, runtime);
    }),
    new CommandGroup("eventstore", "the event store as a whole", (group) => {
      const { declareEventstoreCommands } = require("./commands/eventstore") as typeof import("./commands/eventstore");
      declareEventstoreCommands(group, runtime);
    }),
  ];
  for (const group of groups) program.addCommand(group.copyInheritedSettings(program));
  declareShell(program, runtime);
  return program;
}

function ownVersion(): string {
  const { version } = require("../package.json") as { version: string };
  return version;
}
