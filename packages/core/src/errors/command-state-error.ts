import { brandError, DomainError } from "./domain-error";

/** A command in the queue is in a state in which what was asked for cannot be done. */
export class CommandStateError extends DomainError {
  /**
   * @param details.attempted what was asked for: `cancel`.
   * @param details.command the stored type of the command.
   * @param reason the end of the sentence: `it is done`.
   */
  constructor(
    details: { id: string; command: string; attempted: "cancel" | "retry"; state: string; worker?: string },
    reason: string,
  ) {
    const { id, command, attempted } = details;
    super(`Cannot ${attempted} command ${JSON.stringify(id)} (${command}): ${reason}`, {
      code: "COMMAND_STATE",
      details,
    });
  }
}

brandError(CommandStateError, "CommandStateError", 409);
