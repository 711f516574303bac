import { types } from "node:util";

import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { type Decimal, isDecimal } from "../schema/exact-decimal";
import { inWords } from "../wording/in-words";

/** A value that a statement binds. */
export type SqlValue = string | number | bigint | boolean | Date | Uint8Array | Decimal | null;

/** A statement in SQL with the values that are bound to it. */
export interface SqlStatement {
  /** The texts around the values: one more than there are values. */
  readonly texts: readonly string[];
  readonly values: readonly Exclude<SqlValue, Decimal>[];
}

/** A name of a table or a column, to be written into a statement. */
export interface SqlIdentifier {
  readonly identifier: string;
}

/** Marks what `sql` makes. With Symbol.for, a second copy of this package knows it too. */
const MADE = Symbol.for("tidemark.sql");

/**
 * Makes a statement whose values are bound, never written into its text. A part may be another statement, or `sql.identifier(name)`.
 *
 * ```ts
 * sql`insert into daily_volume (day, amount) values (${day}, ${event.amount})`
 * ```
 *
 * @throws IncorrectUsageError for a value that no database can bind.
 */
export function sql(
  template: TemplateStringsArray,
  ...parts: readonly (SqlValue | SqlStatement | SqlIdentifier)[]
): SqlStatement {
  const texts = [template[0] ?? ""];
  const values: Exclude<SqlValue, Decimal>[] = [];
  const write = (text: string) => texts.push((texts.pop() ?? "") + text);
  parts.forEach((part, index) => {
    if (isSqlStatement(part)) {
      part.texts.forEach((text, at) => {
        if (at > 0) texts.push(text);
        else write(text);
      });
      values.push(...part.values);
    } else if (isIdentifier(part)) {
      write(`"${part.identifier.replaceAll('"', '""')}"`);
    } else {
      values.push(bound(part, index));
      texts.push("");
    }
    write(template[index + 1] ?? "");
  });
  return made("statement", { texts: Object.freeze(texts), values: Object.freeze(values) });
}

/** Makes a name of a table or a column that is written into a statement in quotes. */
sql.identifier = (name: string): SqlIdentifier => {
  if (typeof name !== "string" || name === "" || name.includes("\0"))
    throw new IncorrectUsageError(`sql.identifier() takes the name of a table or a column, not ${inWords(name)}`);
  return made("identifier", { identifier: name });
};

/** True for what `sql` made. */
export function isSqlStatement(value: unknown): value is SqlStatement {
  return markOf(value) === "statement";
}

function isIdentifier(value: unknown): value is SqlIdentifier {
  return markOf(value) === "identifier";
}

function made<T extends object>(what: "statement" | "identifier", part: T): T {
  return Object.freeze(Object.defineProperty(part, MADE, { value: what }));
}

function markOf(value: unknown): unknown {
  return typeof value === "object" && value !== null ? (value as { readonly [MADE]?: unknown })[MADE] : undefined;
}

function bound(value: unknown, index: number): Exclude<SqlValue, Decimal> {
  switch (typeof value) {
    case "string":
    case "bigint":
    case "boolean":
      return value;
    case "number":
      if (Number.isFinite(value)) return value;
      break;
    case "object":
      if (value === null || types.isUint8Array(value)) return value;
      if (types.isDate(value) && !Number.isNaN(value.getTime())) return new Date(value);
      if (isDecimal(value)) return value.toFixed();
      break;
  }
  throw new IncorrectUsageError(
    `Cannot bind value ${index + 1} of an SQL statement: expected a string, number, bigint, boolean, Date, Uint8Array, Decimal or null, found ${inWords(value)}`,
  );
}
