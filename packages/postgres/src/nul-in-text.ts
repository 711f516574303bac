import type { RangeCondition } from "@tidemark/core/adapter";

const NUL = "\0";

/**
 * Says the same of texts without asking the server about U+0000, which it takes in no text: no stored text has one, and none stands
 * between what precedes it and that with it.
 */
export function withoutNul(condition: RangeCondition): readonly RangeCondition[] {
  const { column, operator } = condition;
  if (operator === "in")
    return condition.values.some(hasNul)
      ? [{ column, operator, values: condition.values.filter((value) => !hasNul(value)) }]
      : [condition];
  const { value } = condition;
  if (!hasNul(value)) return [condition];
  const before = value.slice(0, value.indexOf(NUL));
  switch (operator) {
    case "=":
    case "contains":
      return [{ column, operator: "in", values: [] }];
    case "!=":
      return [];
    case "<":
    case "<=":
      return [{ column, operator: "<=", value: before }];
    case ">":
    case ">=":
      return [{ column, operator: ">", value: before }];
  }
}

function hasNul(value: unknown): value is string {
  return typeof value === "string" && value.includes(NUL);
}
