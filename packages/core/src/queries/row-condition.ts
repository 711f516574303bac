import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { RowCondition } from "../ports/row-query";
import type { ColumnValue } from "../ports/table";
import type { FieldColumn } from "../rows/field-column";
import { didYouMean } from "../wording/did-you-mean";
import { inWords } from "../wording/in-words";
import type { ViewSource } from "./view-source";

const OPERATORS: ReadonlySet<string> = new Set(["=", "!=", "<", "<=", ">", ">=", "in", "startsWith", "contains"]);

/** Finds a field that a view shows. @throws IncorrectUsageError for another one. */
export function viewedField(
  { model, folding: { codec } }: Pick<ViewSource, "model" | "folding">,
  field: string,
): FieldColumn {
  const found = codec.of(field);
  if (found !== undefined) return found;
  const known = codec.fields.map((each) => each.field);
  const isLeftOut = model.aggregate?.model.shape.keys.includes(field) === true;
  const reason = isLeftOut ? ': its option "only" leaves the field out' : didYouMean(String(field), known);
  throw new IncorrectUsageError(`${model.name} has no field ${inWords(field)}${reason}`, {
    projection: model.name,
    field,
  });
}

/**
 * Makes the condition that a view was given.
 * @throws IncorrectUsageError for an unknown field, and for an operator or a value that does not fit the field.
 */
export function rowCondition(
  source: Pick<ViewSource, "model" | "folding">,
  field: string,
  operator: string,
  value: unknown,
): RowCondition {
  const viewed = viewedField(source, field);
  const { column } = viewed;
  const refuse = (reason: string): IncorrectUsageError =>
    new IncorrectUsageError(`Cannot select rows of ${source.model.name} where "${field}" ${operator}: ${reason}`, {
      projection: source.model.name,
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
      return { column: name, operator, value: isNothing ? null : encoded(viewed, value, refuse) };
    case "in": {
      if (!Array.isArray(value)) throw refuse(`expected an array, found ${inWords(value)}`);
      const values = value.map((each: unknown) =>
        each === null || each === undefined ? null : encoded(viewed, each, refuse),
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
      const compared = column.type === "text" && typeof value === "string" ? value : encoded(viewed, value, refuse);
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
