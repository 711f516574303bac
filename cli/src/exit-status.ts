import { constants } from "node:os";

/** What the shell is told. A signal adds its number to 128, as shells do themselves. */
export const ExitStatus = {
  done: 0,
  /** The work, or a part of it, failed. */
  failed: 1,
  /** The call or the configuration is wrong: repeating it cannot help. */
  misused: 2,
  endedBy: (signal: NodeJS.Signals): number => 128 + constants.signals[signal],
} as const;
