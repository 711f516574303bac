import { constants } from "node:os";

/** The exit status that the shell receives. */
export const ExitStatus = {
  done: 0,
  /** The work, or a part of it, failed. */
  failed: 1,
  /** The call or the configuration is wrong, so the same call fails again. */
  misused: 2,
  /** A shell reports the end by a signal as 128 and the signal's number. */
  endedBy: (signal: NodeJS.Signals): number => 128 + constants.signals[signal],
} as const;
