import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { RowCondition } from "../ports/row-query";
import type { ColumnValue } from "../ports/table";
import { didYouMean } from "../wording/did-you-mean";
import { inWords } from "../wording/in-words";
import type { FieldColumn } from "./field-column";
import type { RowSource } from "./row-source";

const OPERATORS: ReadonlySet<string> = new Set(["=", "!=", "<", "<=", ">", ">=", "in", "startsWith", "contains"]);

type Selectable = Pick<RowSource, "name" | "details" | "codec" | "whyMissing">;

/** Finds a field that rows can be selected by. @throws IncorrectUsageError for another one. */
export function selectableField({ name, details, codec, whyMissing }: Selectable, field: string): FieldColumn {
  const found = codec.of(field);
  if (found !== undefined) return found;
  const known = codec.fields.map((each) => each.field);
  const reason = whyMissing?.(field) ?? partOfJson(codec, field) ?? didYouMean(String(field), known);
  throw new IncorrectUsageError(`${name} has no field ${inWords(field)}${reason}`, { ...details, field });
}

/**
 * Makes the condition that a selection was given.
 * @throws IncorrectUsageError for an unknown field, and for an operator or a value that does not fit the field.
 */
export function rowCondition(source: Selectable, field: string, operator: string, value: unknown): RowCondition {
  const selectable = selectableField(source, field);
  const { column } = selectable;
  const refuse = (reason: string): IncorrectUsageError =>
    new IncorrectUsageError(`Cannot select rows of ${source.name} where "${field}" ${operator}: ${reason}`, {
      ...source.details,
      field,
      operator,
    });
  if (!OPERATORS.has(operator))
    throw refuse(`${inWords(operator)} is not an operator; the operators are ${[...OPERATORS].join(", ")}`);
  const isEquality = operator === "=" || operator === "!=";
  const isNothing = value === null || value === undefined;
  if (column.type === "json" && !(isEquality && isNothing))
    throw refuse("its values are stored as JSON, which can only be compared with null, by = and !=");
  const { name } = column;
  switch (operator) {
    case "=":
    case "!=":
      return { column: name, operator, value: isNothing ? null : encoded(selectable, value, refuse) };
    case "in": {
      if (!Array.isArray(value)) throw refuse(`expected an array, found ${inWords(value)}`);
      const values = value.map((each: unknown) =>
        each === null || each === undefined ? null : encoded(selectable, each, refuse),
      );
      return { column: name, operator, values };
    }
    case "startsWith":
    case "contains":
      if (column.type !== "text") throw refuse("only texts can be searched");
      if (typeof value !== "string") throw refuse(`expected a string, found ${inWords(value)}`);
      return { column: name, operator, value };
    default: {
      if (column.type === "boolean") throw refuse("booleans are compared by = and != only");
      if (isNothing) throw refuse(`expected a value, found ${inWords(value)}`);
      const compared = column.type === "text" && typeof value === "string" ? value : encoded(selectable, value, refuse);
      return { column: name, operator: operator as "<", value: compared };
    }
  }
}

function encoded(
  { fault, encode }: FieldColumn,
  value: unknown,
  refuse: (reason: string) => IncorrectUsageError,
): NonNullable<ColumnValue> {
  const found = fault(value);
  if (found !== undefined) throw refuse(found);
  return encode(value) as NonNullable<ColumnValue>;
}

/** The likely reason for `address.city`. */
function partOfJson(codec: RowSource["codec"], field: unknown): string | undefined {
  const [whole = ""] = String(field).split(".");
  if (whole === field || codec.of(whole)?.column.type !== "json") return undefined;
  return `: "${whole}" is stored as JSON, and no rows are selected by parts of it`;
}
