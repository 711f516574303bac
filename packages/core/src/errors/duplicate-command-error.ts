import { brandError, DomainError } from "./domain-error";

/** A command with this idempotency key was processed before, and its first result cannot be returned. */
export class DuplicateCommandError extends DomainError {
  constructor(details: { command: string; idempotencyKey: string }) {
    super(
      `Command ${details.command} with idempotency key ${JSON.stringify(details.idempotencyKey)} was processed before`,
      {
        code: "DUPLICATE_COMMAND",
        details,
      },
    );
  }
}

brandError(DuplicateCommandError, "DuplicateCommandError");
