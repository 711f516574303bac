import { brandError, DomainError } from "./domain-error";

/** A command that was to be carried out later was cancelled before anybody had carried it out. */
export class CommandCancelledError extends DomainError {
  /** @param details.command the stored type of the command. */
  constructor(details: { id: string; command: string; by?: string; reason?: string }) {
    const { id, command, by, reason } = details;
    const told = `${by === undefined ? "" : ` by ${by}`}${reason === undefined ? "" : `: ${reason}`}`;
    super(`Command ${JSON.stringify(id)} (${command}) was cancelled${told}`, { code: "COMMAND_CANCELLED", details });
  }
}

brandError(CommandCancelledError, "CommandCancelledError", 409);
