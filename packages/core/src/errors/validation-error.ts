import { brandError, DomainError } from "./domain-error";

/** The key under which a message stands that concerns the whole object, not one field of it. */
export const WHOLE_OBJECT = "_entity";

/**
 * A value breaks its shape, or a state breaks an invariant. `messages` holds each offending field's
 * complaints; nested fields are dotted paths (`address.city`, `lines.0.quantity`).
 */
export class ValidationError extends DomainError {
  readonly messages: Readonly<Record<string, readonly string[]>>;

  /** @param subject what was being validated, for the message: `AccountOpened`, `the state of Account`. */
  constructor(messages: Readonly<Record<string, readonly string[]>>, subject?: string) {
    super(describe(messages, subject), { code: "VALIDATION_FAILED", details: { messages } });
    this.messages = messages;
  }
}

brandError(ValidationError, "ValidationError");

function describe(messages: Readonly<Record<string, readonly string[]>>, subject: string | undefined): string {
  const complaints = Object.entries(messages).flatMap(([field, texts]) =>
    texts.map((text) => (field === WHOLE_OBJECT ? text : `${field}: ${text}`)),
  );
  const text = complaints.length === 0 ? "validation failed" : complaints.join("; ");
  return subject === undefined ? text : `${subject} is not valid: ${text}`;
}
