import { readdirSync, readlinkSync } from "node:fs";
import { sep } from "node:path";

import { pause } from "@tidemark/core/adapter";

/**
 * Finds every process whose working directory lies in one of the folders.
 *
 * PostgreSQL's processes are neither Patroni's children nor in its session, but all of them work in the data directory.
 * A process that has ended and is not yet reaped has no working directory any more.
 */
export function processesIn(folders: readonly string[]): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const folder = workingDirectoryOf(pid);
      return folders.some((root) => folder === root || folder?.startsWith(root + sep));
    })
    .map(Number);
}

/** Sends a signal to all of them. */
export function signalIn(folders: readonly string[], signal: NodeJS.Signals): void {
  for (const pid of processesIn(folders)) send(pid, signal);
}

/** Kills all of them, and resolves when none is left. */
export async function killIn(folders: readonly string[]): Promise<void> {
  // A process may have been forked while the others were looked for.
  for (let left = processesIn(folders); left.length > 0; left = processesIn(folders)) {
    for (const pid of left) send(pid, "SIGKILL");
    await pause(5);
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It has ended by itself.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function workingDirectoryOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}
