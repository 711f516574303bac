import { equal, ok } from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";

/** A process is killed within so many milliseconds after a line of it was read. */
const LATEST_KILL_MS = 4;

interface KillWhilePrinting {
  /** No process lives longer, whatever it prints. */
  readonly mostLines: number;
  /** Which lines count; where absent all of them. */
  readonly counts?: (line: string) => boolean;
  /** Called with each whole line, until the process has ended. */
  readonly onLine: (line: string) => void;
}

/** Kills a process at a random moment after one of its first lines, and resolves when all that it printed was read. */
export async function killWhilePrinting(child: ChildProcess, options: KillWhilePrinting): Promise<void> {
  const { mostLines, counts = () => true, onLine } = options;
  ok(child.stdout, "the program that is killed has no standard output to read");
  const patience = 1 + Math.floor(Math.random() * mostLines);
  let lines = 0;
  let rest = "";
  const ended = endOf(child);
  await new Promise<void>((resolve) => {
    child.stdout!.setEncoding("utf8").on("data", (chunk: string) => {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop() ?? "";
      for (const line of parts) onLine(line);
      lines += parts.filter(counts).length;
      if (lines >= patience) resolve();
    });
    void ended.then(resolve);
  });
  await killWithin(child, LATEST_KILL_MS, ended);
}

/** Kills a process that has just been started, at a random moment of its first milliseconds. */
export async function killWithin(child: ChildProcess, latestMs: number, ended = endOf(child)): Promise<void> {
  child.stdout?.resume();
  await pause(Math.random() * latestMs);
  child.kill("SIGKILL");
  await ended;
  equal(child.signalCode, "SIGKILL", "the program that was to be killed ended by itself");
}

/** Resolves when the process has ended and all that it printed was read; to be asked for before it can have ended. */
function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once("close", () => resolve()));
}
