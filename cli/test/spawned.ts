import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import type { Outcome } from "./captured-io";
import { REPOSITORY } from "./project";

/** Starts the command as a user does: in a process of its own, from the built sources. */
export function startDomain(args: readonly string[], { env, ...options }: SpawnOptions): ChildProcess {
  return spawn(process.execPath, [join(REPOSITORY, "cli/bin/domain.js"), ...args], {
    ...options,
    env: { ...process.env, FORCE_COLOR: "0", NO_COLOR: "1", ...env },
  });
}

export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const status = new Promise<number | null>((done) => child.on("close", done));
  const [stdout, stderr] = await Promise.all([text(child.stdout!), text(child.stderr!)]);
  return { stdout, stderr, status: await status };
}
