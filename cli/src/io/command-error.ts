import { ExitStatus } from "./exit-status";

interface CommandErrorOptions {
  /** Default: `misused`, because most of these errors are about an option, a name or a path. */
  readonly status?: number;
  readonly cause?: unknown;
}

/** An error that a command finds itself: its message is printed as it is, and its status ends the process. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly status: number;

  constructor(message: string, { status = ExitStatus.misused, cause }: CommandErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
  }
}
