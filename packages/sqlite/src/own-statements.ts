import { DomainError, UniqueViolationError } from "@tidemark/core";
import {
  failedStatement,
  RecentValues,
  type RunStatement,
  refuseTransactionControl,
  type StatementValue,
} from "@tidemark/core/adapter";
import { boundBlob } from "./bound-blob";
import { isFaultOfStatement, uniqueViolationIn } from "./database-errors";
import type { Command, Database } from "./drivers/database";

type OwnValue = string | number | bigint | Uint8Array | null;

/** An application has some dozens of statements of its own. */
const KEPT = 200;

/** Runs the statements of applications, each prepared once. */
export class OwnStatements {
  private readonly kept = new RecentValues<Command<OwnValue[]>>(KEPT);

  constructor(private readonly database: Database) {}

  /**
   * Runs a statement inside the transaction that is open.
   * @throws UniqueViolationError; IncorrectUsageError for one that SQLite refuses for what it says.
   */
  run(statement: RunStatement): void {
    try {
      const text = statement.texts.join("?");
      const prepared = this.kept.get(text, () => this.prepare(statement, text));
      prepared.run(...statement.values.map(boundValue));
    } catch (error) {
      const violation = uniqueViolationIn(error);
      if (violation !== undefined) throw new UniqueViolationError(violation, error);
      if (!isFaultOfStatement(error) || error instanceof DomainError) throw error;
      throw failedStatement(statement, (error as Error).message, error);
    }
  }

  private prepare(statement: RunStatement, text: string): Command<OwnValue[]> {
    refuseTransactionControl(statement);
    if (hasSeveral(text)) throw failedStatement(statement, "it is several statements; run each by itself");
    return this.database.prepareAny(text);
  }
}

/** Whole numbers are bound as integers: a REAL in a TEXT column becomes "1.0". */
function boundValue(value: StatementValue): OwnValue {
  if (typeof value === "boolean") return Number(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return boundBlob(value);
  if (typeof value === "number" && Number.isSafeInteger(value) && !Object.is(value, -0)) return BigInt(value);
  return value;
}

const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\//g;

/** Node's driver runs the first of several statements and says nothing of the others. A trigger holds some. */
function hasSeveral(text: string): boolean {
  const bare = text.replace(QUOTED, " ");
  return /;\s*\S/.test(bare) && !/^\s*CREATE\s+(TEMP\w*\s+)?TRIGGER\b/i.test(bare);
}
