import { brandError, DomainError } from "./domain-error";

/**
 * A stored message cannot be read: its row is damaged, missing or altered, an upcaster fails to convert it to the present version of
 * its class, or the aggregate fails to fold it.
 */
export class DeserializationError extends DomainError {
  readonly stream: string;
  readonly position: number;
  /** The stored type; absent where the row itself is damaged. */
  readonly type?: string;

  constructor(details: { stream: string; position: number; reason: string; type?: string }, cause?: unknown) {
    const { stream, position, reason, type } = details;
    super(`Cannot read position ${position} of stream ${JSON.stringify(stream)}: ${reason}`, {
      code: "DESERIALIZATION_FAILED",
      details,
      cause,
    });
    this.stream = stream;
    this.position = position;
    if (type !== undefined) this.type = type;
  }
}

brandError(DeserializationError, "DeserializationError");
