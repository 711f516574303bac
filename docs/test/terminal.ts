import { QuickTerminal } from "./quick-terminal";
import { Shell } from "./shell";

/** Carries out what a reader types. */
export interface Terminal {
  /** Returns what the terminal shows, results and errors, whatever the exit status. */
  run(command: string): Promise<string>;
}

/**
 * Opens a terminal in a folder. In the full run (`npm run test:full`) it does exactly what is typed. Otherwise it comes to
 * the same output in less time: see `QuickTerminal`.
 *
 * @param own values of this machine, in place of those that a page exports.
 */
export function terminalIn(folder: string, own: Readonly<Record<string, string>> = {}): Terminal {
  const shell = new Shell(folder, own);
  return process.env.TIDEMARK_TEST === "full" ? shell : new QuickTerminal(folder, shell);
}
