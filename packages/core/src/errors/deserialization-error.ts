import { brandError, DomainError } from "./domain-error";

/** A stored message cannot be read back as it was written: its row is damaged, missing or was altered. */
export class DeserializationError extends DomainError {
  readonly stream: string;
  readonly position: number;

  constructor(details: { stream: string; position: number; reason: string }, cause?: unknown) {
    const { stream, position, reason } = details;
    super(`Cannot read position ${position} of stream ${JSON.stringify(stream)}: ${reason}`, {
      code: "DESERIALIZATION_FAILED",
      details,
      cause,
    });
    this.stream = stream;
    this.position = position;
  }
}

brandError(DeserializationError, "DeserializationError");
