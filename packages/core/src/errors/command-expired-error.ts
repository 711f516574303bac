import { brandError, DomainError } from "./domain-error";

/** The deadline of a command passed before it was carried out. Nothing of it was stored. */
export class CommandExpiredError extends DomainError {
  /**
   * @param details.command the stored type of the command.
   * @param details.deadline when it was to be carried out at the latest, as ISO text in UTC.
   */
  constructor(details: { id: string; command: string; deadline: string }) {
    const { id, command, deadline } = details;
    super(`Command ${JSON.stringify(id)} (${command}) was not carried out before its deadline ${deadline}`, {
      code: "COMMAND_EXPIRED",
      details,
    });
  }
}

brandError(CommandExpiredError, "CommandExpiredError", 504);
