import { ExitStatus } from "./exit-status";

export interface CommandErrorOptions {
  /** Default: the call itself is wrong (an option, a name, a path, the module it points at). */
  readonly status?: number;
  readonly cause?: unknown;
}

/** An error that the command itself finds: a whole sentence for the user, and the exit status it ends with. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly status: number;

  constructor(message: string, { status = ExitStatus.misused, cause }: CommandErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
  }
}
