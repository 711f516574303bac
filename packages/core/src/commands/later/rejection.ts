import { type DomainError, restoredError } from "../../errors/domain-error";
import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import type { CommandModel } from "../../model/command-model";
import { deeplyFrozen, thawed } from "../../schema/copying";
import { reasonOf } from "../../wording/in-words";
import type { CommandRejectedData, RejectionReason } from "./command-rejected";

/** Makes the error with which the domain refused a command, of what is stored of it. It has the name, code and details of the original. */
export function rejectionError(reason: RejectionReason): DomainError {
  return restoredError(reason);
}

/** Describes the error with which the domain refused a command, as it is stored. */
export function rejectionReason({ name, code, message, details }: DomainError): RejectionReason {
  return { name, code, message, details: storableDetails(details) };
}

/** Makes the command that the domain has refused, of its stored data. @throws IncorrectUsageError where its fields have changed since. */
export function refusedCommand({ type, name, shape }: CommandModel, { command }: CommandRejectedData): object {
  try {
    const values = shape.decode(thawed(command) as object);
    return deeplyFrozen(Object.assign(Object.create(type.prototype as object) as object, values));
  } catch (cause) {
    throw new IncorrectUsageError(`Cannot read the refused command ${name}: ${reasonOf(cause)}`, undefined, cause);
  }
}

/** What JSON cannot hold is left out. */
function storableDetails(details: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(details)) {
    try {
      const text = JSON.stringify(value);
      if (text !== undefined) kept[key] = JSON.parse(text);
    } catch {
      // Such as a bigint, or a circle: the message says what matters.
    }
  }
  return kept;
}
