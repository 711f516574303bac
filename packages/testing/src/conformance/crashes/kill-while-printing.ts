import { equal, ok } from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";

/** A process is killed within so many milliseconds after a line of it was read. */
const LATEST_KILL_MS = 4;

interface KillWhilePrinting {
  /** No process lives longer, whatever it prints. */
  readonly mostLines: number;
  /** Called with each whole line, until the process has ended. */
  readonly onLine: (line: string) => void;
}

/** Kills a process at a random moment after one of its first lines, and resolves when all that it printed was read. */
export async function killWhilePrinting(child: ChildProcess, { mostLines, onLine }: KillWhilePrinting): Promise<void> {
  ok(child.stdout, "the program that is killed has no standard output to read");
  const patience = 1 + Math.floor(Math.random() * mostLines);
  let lines = 0;
  let rest = "";
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  await new Promise<void>((resolve) => {
    child.stdout!.setEncoding("utf8").on("data", (chunk: string) => {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop() ?? "";
      for (const line of parts) onLine(line);
      lines += parts.length;
      if (lines >= patience) resolve();
    });
    void ended.then(resolve);
  });
  await pause(Math.random() * LATEST_KILL_MS);
  child.kill("SIGKILL");
  await ended;
  equal(child.signalCode, "SIGKILL", "the program that was to be killed ended by itself");
}
