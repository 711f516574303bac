import { run } from "./program";
import { reportError } from "./report-error";

/** How long the user's modules may keep the process (an open server, a timer) once the command is done. */
const GRACE_MS = 500;

const debug = process.argv.includes("--debug");

process.on("uncaughtException", (error) => {
  process.exit(reportError(error, { debug }));
});

run(process.argv.slice(2), { debug }).then((status) => {
  // Not `process.exit` at once: what was written to a pipe may still be on its way.
  process.exitCode = status;
  setTimeout(() => process.exit(), GRACE_MS).unref();
});
