import { brandError, DomainError } from "./domain-error";

/**
 * A command that runs later has failed for another reason than a refusal by the domain, as often as `[processing] retry` says. It is
 * parked: an operator can have it tried again. Nothing of it was stored.
 */
export class CommandFailedError extends DomainError {
  /**
   * @param details.command the stored type of the command.
   * @param details.reason what the last attempt said.
   */
  constructor(details: { id: string; command: string; attempts: number; reason: string }) {
    const { id, command, attempts, reason } = details;
    super(
      `Command ${JSON.stringify(id)} (${command}) is parked after ${attempts} failed attempt(s): ${reason}. ` +
        "Correct the cause, and try it again with: domain commands retry",
      { code: "COMMAND_FAILED", details },
    );
  }
}

brandError(CommandFailedError, "CommandFailedError", 500);
