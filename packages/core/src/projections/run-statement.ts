import { isSqlStatement } from "../elements/sql";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { RunStatement } from "../ports/operations";
import { inWords } from "../wording/in-words";

/**
 * Turns a statement that a method returned into an operation.
 * @throws IncorrectUsageError for anything but a statement that `sql` made.
 */
export function runStatement(returned: unknown, place: string): RunStatement {
  if (isSqlStatement(returned)) return { kind: "runStatement", texts: returned.texts, values: returned.values };
  throw new IncorrectUsageError(
    `${place} returned ${inWords(returned)}: return statements, written with sql\`…\`, a list of them, or nothing`,
    { place },
  );
}
