import { Command, CommanderError } from "commander";

import { ExitStatus } from "./exit-status";
import { declareCheckCommand } from "./program/check-command";
import { declareEventsCommands } from "./program/events-commands";
import { declareEventstoreCommands } from "./program/eventstore-commands";
import type { Finish } from "./program/finish";
import { declareNewCommand } from "./program/new-command";
import { declareSnapshotCommands } from "./program/snapshot-commands";
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

function declareProgram(finish: Finish): Command {
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

  declareNewCommand(program, finish);
  declareCheckCommand(program, finish);
  declareSnapshotCommands(program, finish);
  declareEventsCommands(program, finish);
  declareEventstoreCommands(program, finish);
  return program;
}

function ownVersion(): string {
  const { version } = require("../package.json") as { version: string };
  return version;
}
