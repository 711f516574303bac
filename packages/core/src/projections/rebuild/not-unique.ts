import { RebuildError } from "../../errors/rebuild-error";
import type { UniqueViolationError } from "../../errors/unique-violation-error";

/** Makes the error of rows that a unique index refuses. */
export function notUnique(projection: string, error: UniqueViolationError): RebuildError {
  const explanation = `its rows do not fit a unique index: ${error.message}. The present rows are as they were`;
  return new RebuildError({ projection, explanation }, error);
}
