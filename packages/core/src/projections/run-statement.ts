import { types } from "node:util";

import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { RunStatement, StatementValue } from "../ports/operations";
import { inWords } from "../wording/in-words";

/** What the tag `sql` makes of a template: the texts around the values, and the values. */
interface WrittenStatement {
  readonly texts: readonly string[];
  readonly values: readonly unknown[];
}

/**
 * Turns a statement that a method returned into an operation.
 * @throws IncorrectUsageError for anything else, and for a value that no database can bind.
 */
export function runStatement(returned: unknown, place: string): RunStatement {
  if (!isWritten(returned))
    throw new IncorrectUsageError(
      `${place} returned ${inWords(returned)}: return statements, written with sql\`…\`, a list of them, or nothing`,
      { place },
    );
  const unfit = returned.values.findIndex((value) => !isBindable(value));
  if (unfit !== -1)
    throw new IncorrectUsageError(
      `${place} returned a statement whose value ${unfit + 1} is ${inWords(returned.values[unfit])}: ${BINDABLE}`,
      { place, value: unfit },
    );
  return { kind: "runStatement", texts: returned.texts, values: returned.values as readonly StatementValue[] };
}

const BINDABLE = "a statement binds texts, finite numbers, bigints, booleans, dates, bytes and null";

function isWritten(value: unknown): value is WrittenStatement {
  if (typeof value !== "object" || value === null) return false;
  const { texts, values } = value as Partial<WrittenStatement>;
  return Array.isArray(texts) && Array.isArray(values) && texts.length === values.length + 1;
}

function isBindable(value: unknown): boolean {
  if (value === null) return true;
  switch (typeof value) {
    case "string":
      return !value.includes("\0") && value.isWellFormed();
    case "bigint":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value);
    case "object":
      return types.isDate(value) ? !Number.isNaN(value.getTime()) : types.isUint8Array(value);
    default:
      return false;
  }
}
