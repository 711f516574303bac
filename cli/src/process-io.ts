import { fork } from "node:child_process";

import { loadModule } from "./domain/load-module";
import type { Io, Supervisor, WorkerMessage } from "./io/io";
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
    startWorker: (args) =>
      fork(process.argv[1] as string, args, {
        stdio: ["ignore", "pipe", "pipe", "ipc"],
        env: { ...process.env, [WORKER]: "1" },
        // Ctrl-C reaches every process of the terminal's group: a worker is told by its supervisor alone.
        detached: process.platform !== "win32",
      }),
    supervisor: supervisorOf(process),
    loadModule,
  };
}

/** Set in the environment of workers. */
const WORKER = "TIDEMARK_WORKER";

function supervisorOf(worker: NodeJS.Process): Supervisor | undefined {
  if (worker.env[WORKER] === undefined || worker.send === undefined) return undefined;
  const { channel } = worker;
  delete worker.env[WORKER];
  return {
    // One that is just gone takes no message.
    tell: (message: WorkerMessage) => void worker.send?.(message, undefined, {}, () => undefined),
    onGone: (listener) => {
      worker.once("disconnect", listener);
      // The listener keeps no worker alive that has nothing left to do.
      (channel as { unref?: () => void } | undefined)?.unref?.();
    },
  };
}

/** The caller of each write receives the error as well. */
function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (!isBrokenPipe(error)) throw error;
}
