import type { InspectOptions } from "node:util";

import { brandError, DomainError } from "./domain-error";
import { CUSTOM_INSPECT, printedWithout } from "./printed-error";

/** The key of messages about the whole object, not about one field. */
export const WHOLE_OBJECT = "_entity";

/**
 * A value does not fit its shape, or a state breaks an invariant. `messages` holds the complaints about each field; nested fields
 * have dotted paths (`address.city`, `lines.0.quantity`).
 */
export class ValidationError extends DomainError {
  readonly messages: Readonly<Record<string, readonly string[]>>;

  /** @param subject the validated object, for the message: `AccountOpened`, `the state of Account`. */
  constructor(messages: Readonly<Record<string, readonly string[]>>, subject?: string) {
    super(describe(messages, subject), { code: "VALIDATION_FAILED", details: { messages } });
    this.messages = messages;
  }

  /** Prints the error as Node does. Its text has all messages. */
  override [CUSTOM_INSPECT](_depth: number, options: InspectOptions): string {
    return printedWithout(this, ["details", "messages"], options);
  }
}

brandError(ValidationError, "ValidationError", 422);

function describe(messages: Readonly<Record<string, readonly string[]>>, subject: string | undefined): string {
  const complaints = Object.entries(messages).flatMap(([field, texts]) =>
    texts.map((text) => (field === WHOLE_OBJECT ? text : `${field}: ${text}`)),
  );
  const text = complaints.length === 0 ? "validation failed" : complaints.join("; ");
  return subject === undefined ? text : `${subject} is not valid: ${text}`;
}
