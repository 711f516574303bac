import { loadModule } from "./domain/load-module";
import type { Io } from "./io/io";
import { isBrokenPipe } from "./printing/results";

/**
 * Makes the process's own streams, signals and modules available to commands.
 *
 * Standard output is reserved for results: whatever else writes there from now on (a `console.log` in the user's modules) goes to
 * standard error, because it would corrupt a JSON document.
 */
export function processIo(): Io {
  const { stdout, stderr } = process;
  const write = stdout.write.bind(stdout);
  stdout.write = stderr.write.bind(stderr);
  for (const stream of [stdout, stderr]) stream.on("error", ignoreBrokenPipe);
  return {
    // Opened by the first who asks for it: most commands read no input.
    get stdin() {
      return process.stdin;
    },
    stdout: {
      write,
      get isTTY() {
        return stdout.isTTY;
      },
      get columns() {
        return stdout.columns;
      },
    },
    stderr,
    cwd: process.cwd(),
    env: process.env,
    signals: process,
    exit: (status) => process.exit(status),
    loadModule,
  };
}

/** The caller of each write receives the error as well. */
function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (!isBrokenPipe(error)) throw error;
}
