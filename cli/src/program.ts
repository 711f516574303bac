import { Command, CommanderError } from "commander";

import { declareCheck } from "./commands/check";
import type { Runtime } from "./commands/declaration";
import { declareEventsHistory } from "./commands/events-history";
import { declareEventsRead } from "./commands/events-read";
import { declareEventsSearch } from "./commands/events-search";
import { declareEventsStats } from "./commands/events-stats";
import { declareEventsTrace } from "./commands/events-trace";
import { declareEventstoreMigrate } from "./commands/eventstore-migrate";
import { declareEventstoreVerify } from "./commands/eventstore-verify";
import { declareNew } from "./commands/new";
import { declareSnapshotCreate } from "./commands/snapshot-create";
import { declareSnapshotDelete } from "./commands/snapshot-delete";
import { declareSnapshotList } from "./commands/snapshot-list";
import { declareSnapshotPrune } from "./commands/snapshot-prune";
import { declareSnapshotShow } from "./commands/snapshot-show";
import { declareSnapshotStats } from "./commands/snapshot-stats";
import { declareSnapshotVerify } from "./commands/snapshot-verify";
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
    .description("Manages the snapshots, events and event stores of Tidemark domains.")
    .version(ownVersion(), "--version", "print the version")
    .option(
      "--domain <module>",
      'TypeScript or JavaScript module, or <module>:<export> (default: "module" in domain.toml)',
    )
    .option("--debug", "print stack traces")
    .helpOption("--help", "print this help")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => (stdout.isTTY ? stdout.columns : undefined) as number,
      getErrHelpWidth: () => (stderr.isTTY ? stderr.columns : undefined) as number,
    })
    .exitOverride();

  declareNew(program, runtime);
  declareCheck(program, runtime);

  const snapshot = program.command("snapshot").description("snapshots: stored states that shorten loading");
  declareSnapshotCreate(snapshot, runtime);
  declareSnapshotList(snapshot, runtime);
  declareSnapshotShow(snapshot, runtime);
  declareSnapshotVerify(snapshot, runtime);
  declareSnapshotStats(snapshot, runtime);
  declareSnapshotPrune(snapshot, runtime);
  declareSnapshotDelete(snapshot, runtime);

  const events = program.command("events").description("the events of streams and aggregates");
  declareEventsRead(events, runtime);
  declareEventsHistory(events, runtime);
  declareEventsSearch(events, runtime);
  declareEventsTrace(events, runtime);
  declareEventsStats(events, runtime);

  const eventstore = program.command("eventstore").description("the event store as a whole");
  declareEventstoreMigrate(eventstore, runtime);
  declareEventstoreVerify(eventstore, runtime);
  return program;
}

function ownVersion(): string {
  const { version } = require("../package.json") as { version: string };
  return version;
}
