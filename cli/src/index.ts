import { ExitStatus } from "./io/exit-status";
import { reportError } from "./printing/report-error";
import { processIo } from "./process-io";
import { isDebug, run } from "./program";

/** How long the user's modules may keep the process alive (an open server, a timer) after the command has ended. */
const GRACE_MS = 500;

const args = process.argv.slice(2);
const io = processIo();

// An error outside of everything that the command waits for, a rejected promise that nobody awaits included. What it leaves behind is
// not known, so the process ends; who supervises a server starts it again.
process.on("uncaughtException", (error) => {
  reportError(error, io, { debug: isDebug(args) || args.includes("server") });
  process.exit(ExitStatus.failed);
});

run(args, io).then((status) => {
  // No `process.exit` at once: what was written to a pipe may not have left the process yet.
  process.exitCode = status;
  setTimeout(() => process.exit(), GRACE_MS).unref();
});
