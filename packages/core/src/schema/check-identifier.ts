import { ValidationError } from "../errors/validation-error";
import { identifierFault } from "./identifier";

/** @throws ValidationError for an id that no store could hold, so that none is asked with it. */
export function checkIdentifier(id: unknown, aggregate: string): void {
  const fault = identifierFault(id);
  if (fault !== undefined) throw new ValidationError({ id: [fault] }, `the id of ${aggregate}`);
}
