import { brandError, DomainError } from "./domain-error";

/** A command was given up by the signal it was processed with, before anything of it was stored. `cause` is the signal's reason. */
export class CommandAbortedError extends DomainError {
  constructor(details: { command: string }, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`Cannot finish ${details.command}: its signal was aborted (${reason}); nothing was stored`, {
      code: "COMMAND_ABORTED",
      details,
      cause,
    });
  }
}

brandError(CommandAbortedError, "CommandAbortedError");
