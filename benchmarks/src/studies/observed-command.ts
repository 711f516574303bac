import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface CommandEnd {
  /** What it printed, parsed; undefined when it printed nothing. */
  readonly document: Readonly<Record<string, unknown>> | undefined;
  readonly seconds: number;
  /** The resident memory of its process over its life, in MB, at equal intervals. */
  readonly memoryMb: readonly number[];
}

interface ObservedOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Asked again and again; the process gets the signal that it answers. */
  readonly endBy?: (seconds: number) => Promise<NodeJS.Signals | undefined>;
}

const SAMPLE_MS = 250;

/** Runs `domain <args> --json` as a process of its own and looks at its memory until it ends. */
export async function observedCommand(args: readonly string[], options: ObservedOptions): Promise<CommandEnd> {
  const program = join(dirname(require.resolve("@tidemark/cli/package.json")), "bin/domain.js");
  const began = performance.now();
  const elapsed = () => (performance.now() - began) / 1_000;
  const child = spawn(process.execPath, [program, ...args, "--json"], {
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  child.stdout.on("data", (text) => {
    printed += text;
  });
  const closed = once(child, "close");
  const memoryMb: number[] = [];
  let signal: NodeJS.Signals | undefined;
  while (child.exitCode === null && child.signalCode === null) {
    memoryMb.push(residentMb(child.pid as number));
    if (signal === undefined) {
      signal = await options.endBy?.(elapsed());
      if (signal !== undefined) child.kill(signal);
    }
    await Promise.race([closed, sleep(SAMPLE_MS)]);
  }
  await closed;
  return {
    document: printed === "" ? undefined : JSON.parse(printed),
    seconds: elapsed(),
    memoryMb: memoryMb.filter((megabytes) => megabytes > 0),
  };
}

function residentMb(pid: number): number {
  try {
    return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { stdio: "pipe" })) / 1_024;
  } catch {
    return 0;
  }
}
