import { brandError, DomainError } from "./domain-error";

/** An idempotency key was used before, for another command or another payload. Nothing of the refused command was done. */
export class DuplicateCommandError extends DomainError {
  /**
   * @param details.command the type of the refused command, such as `Fidelis.OpenAccount.v1`.
   * @param details.first the type of the command that the key was used for.
   * @param details.firstCommandId the id of that command; absent where it is still being processed in the same unit of work.
   */
  constructor(details: { command: string; idempotencyKey: string; first: string; firstCommandId?: string }) {
    const { command, idempotencyKey, first, firstCommandId } = details;
    const before = command === first ? "the same command, with another payload," : first;
    const fault =
      firstCommandId === undefined
        ? `${first} is processed with it at the same time, in the same unit of work`
        : `${before} was processed with it before`;
    super(`Cannot process ${command} with idempotency key ${JSON.stringify(idempotencyKey)}: ${fault}`, {
      code: "DUPLICATE_COMMAND",
      details,
    });
  }
}

brandError(DuplicateCommandError, "DuplicateCommandError", 409);
