import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { RunStatement } from "./operations";

/** Words that begin statements which end the transaction around them, or outlive it on a connection that others use. */
const CONTROL =
  /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(BEGIN|START|COMMIT|END|ROLLBACK|ABORT|SAVEPOINT|RELEASE|PREPARE|DEALLOCATE|SET|RESET|DISCARD|LISTEN|UNLISTEN|ATTACH|DETACH|PRAGMA|VACUUM)\b/i;

/** @throws IncorrectUsageError for a statement that would end the transaction that it is a part of, or change its connection. */
export function refuseTransactionControl(statement: RunStatement): void {
  const [, word] = CONTROL.exec(statement.texts[0] ?? "") ?? [];
  if (word !== undefined)
    throw failedStatement(
      statement,
      `${word.toUpperCase()} would change the transaction or the connection that it is run in; run it outside of Tidemark`,
    );
}

/** Makes the error of a statement that the database refused, or that cannot be run at all. */
export function failedStatement(statement: RunStatement, reason: string, cause?: unknown): IncorrectUsageError {
  return new IncorrectUsageError(`Cannot run ${statementInWords(statement)}: ${reason}`, undefined, cause);
}

/** A statement for messages, without its values. */
function statementInWords({ texts }: RunStatement): string {
  const text = texts.join("?").replace(/\s+/g, " ").trim();
  return `the statement ${JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text)}`;
}

const LONGEST = 200;
