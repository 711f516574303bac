import { createInterface } from "node:readline/promises";

import type { Io } from "./io";

export interface ConfirmationOptions {
  /** Do it without asking. */
  readonly yes?: boolean;
}

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

/**
 * Asks on a terminal whether to go on; only `y` and `yes` consent. Elsewhere nobody can answer: the call itself is the consent, as with
 * `--yes`.
 */
export async function isConfirmed(
  io: Pick<Io, "stdin" | "stderr">,
  question: string,
  { yes = false }: ConfirmationOptions,
): Promise<boolean> {
  if (yes || !io.stdin.isTTY || !io.stderr.isTTY) return true;
  const answer = await ask(io, `${question} [y/N]`);
  if (answer !== undefined && /^\s*y(es)?\s*$/i.test(answer)) return true;
  io.stderr.write("Nothing was changed.\n");
  return false;
}
