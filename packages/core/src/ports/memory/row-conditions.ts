import type { RowCondition } from "../row-query";
import type { ColumnValue, Row, Table } from "../table";
import { valueIdentity, valueOrder } from "../value-order";

type Test<T> = (value: T) => boolean;

/** Makes a test of rows that says whether all conditions hold. */
export function rowTest({ columns }: Table, where: readonly RowCondition[]): Test<Row> {
  const tests = where.map((condition): Test<Row> => {
    const index = columns.findIndex(({ name }) => name === condition.column);
    const { type } = columns[index]!;
    const test = valueTest(condition, valueOrder(type), valueIdentity(type));
    return (row) => test(row[index]!);
  });
  return (row) => tests.every((test) => test(row));
}

function valueTest(
  condition: RowCondition,
  order: ReturnType<typeof valueOrder>,
  identity: ReturnType<typeof valueIdentity>,
): Test<ColumnValue> {
  switch (condition.operator) {
    case "=":
      return (value) => order(value, condition.value) === 0;
    case "!=":
      return (value) => order(value, condition.value) !== 0;
    case "<":
      return (value) => value !== null && order(value, condition.value) < 0;
    case "<=":
      return (value) => value !== null && order(value, condition.value) <= 0;
    case ">":
      return (value) => value !== null && order(value, condition.value) > 0;
    case ">=":
      return (value) => value !== null && order(value, condition.value) >= 0;
    case "in": {
      const identities = new Set(condition.values.map(identity));
      return (value) => identities.has(identity(value));
    }
    case "startsWith":
      return (value) => value !== null && String(value).startsWith(condition.value);
    case "contains":
      return (value) => value !== null && String(value).includes(condition.value);
  }
}
