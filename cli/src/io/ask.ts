import { createInterface } from "node:readline/promises";

import type { Io } from "./io";

/** Asks a question on a terminal. @returns undefined elsewhere, and when the terminal is closed instead of an answer. */
export async function ask(
  { stdin, stderr }: Pick<Io, "stdin" | "stderr">,
  question: string,
): Promise<string | undefined> {
  if (!stdin.isTTY || !stderr.isTTY) return undefined;
  const terminal = createInterface({ input: stdin, output: stderr });
  // The last line closes the terminal as well: its answer comes first.
  const closed = new Promise<undefined>((resolve) => terminal.once("close", () => setImmediate(resolve, undefined)));
  const answer = await Promise.race([terminal.question(`${question} `), closed]);
  terminal.close();
  return answer;
}

/** Returns whether an answer consents; an empty one does. */
export function isYes(answer: string | undefined): boolean {
  return answer !== undefined && /^\s*(y|yes)?\s*$/i.test(answer);
}
