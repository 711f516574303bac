import { type DomainError, ValidationError } from "@tidemark/core";

/** What a rejection says to a person: the complaints of a validation without their fields, else the error's message. */
export function rejectionMessages(rejection: DomainError | undefined): string[] {
  if (rejection === undefined) return [];
  return rejection instanceof ValidationError ? Object.values(rejection.messages).flat() : [rejection.message];
}
