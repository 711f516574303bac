import { reasonOf } from "../wording/in-words";
import { brandError, DomainError } from "./domain-error";

/** A command was aborted by its signal, before anything of it was stored. `cause` is the reason of the signal. */
export class CommandAbortedError extends DomainError {
  constructor(details: { command: string }, cause: unknown) {
    const reason = reasonOf(cause);
    super(`Cannot finish ${details.command}: its signal was aborted (${reason}); nothing was stored`, {
      code: "COMMAND_ABORTED",
      details,
      cause,
    });
  }
}

brandError(CommandAbortedError, "CommandAbortedError", 503);
