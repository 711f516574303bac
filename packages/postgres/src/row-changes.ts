import { IncorrectUsageError } from "@tidemark/core";
import { type DeleteRows, guardedColumn, type Operation, type Row, type UpsertRows } from "@tidemark/core/adapter";

import { bigintArray, textArray } from "./binary-arrays";
import type { RowStatements } from "./row-statements";
import type { Call } from "./work";

/** What one transaction changes in one table. */
export class RowChanges {
  private readonly rows: Row[] = [];
  /** Of rows to delete. */
  private readonly keys: string[] = [];
  /** The column by which rows are guarded, and what rows must have there by their keys. */
  private guard: { readonly column: string; readonly expected: Map<string, number | null> } | undefined;

  constructor(private readonly statements: RowStatements) {}

  get tableName(): string {
    return this.statements.table.name;
  }

  add(operation: UpsertRows | DeleteRows): void {
    this.addGuard(operation);
    if (operation.kind === "upsertRows") for (const row of operation.rows) this.rows.push(row);
    else for (const key of operation.keys) this.keys.push(key);
  }

  /**
   * Where rows are both stored and deleted, the rows to delete are stored as well before that, with nothing but their key. One
   * statement then goes through all keys in their order, in which all transactions wait for each other; two would wait out of order.
   * The same statement checks the guards of rows that are to be deleted.
   */
  calls(): readonly Call[] {
    const { statements, rows, keys, guard } = this;
    const expected = rows.length === 1 && keys.length === 0 ? guard?.expected.get(String(rows[0]![0])) : undefined;
    if (guard !== undefined && expected !== undefined && expected !== null)
      return [{ statement: statements.replace(guard.column), values: statements.replacementOf(rows[0]!, expected) }];
    const calls: Call[] = [];
    if (rows.length > 0 || guard !== undefined) {
      const all = [...rows, ...keys.map((key) => statements.emptyRow(key))];
      const values = statements.arraysOf(all);
      if (guard === undefined) calls.push({ statement: statements.upsert, values });
      else {
        const statement = statements.guardedUpsert(guard.column);
        calls.push({ statement, values: [...values, ...guardValues(all, guard.expected)] });
      }
    }
    if (keys.length > 0) calls.push({ statement: statements.delete, values: statements.keysOf(keys) });
    return calls;
  }

  private addGuard(operation: UpsertRows | DeleteRows): void {
    const { table, guard } = operation;
    if (guard === undefined) return;
    const keys = keysOf(operation);
    guardedColumn(table, guard, keys.length);
    this.guard ??= { column: guard.column, expected: new Map() };
    if (this.guard.column !== guard.column)
      throw new IncorrectUsageError(
        `Cannot guard rows of table ${JSON.stringify(table.name)} by ${this.guard.column} and by ${guard.column} in one transaction: one column was expected`,
      );
    for (const [index, key] of keys.entries()) this.guard.expected.set(key, guard.expected[index]!);
  }
}

/** The guard of a row among operations. */
export function guardOf(
  operations: readonly Operation[],
  table: string,
  key: string,
): { readonly column: string; readonly expected: number | null } {
  for (const operation of operations) {
    if (operation.kind !== "upsertRows" && operation.kind !== "deleteRows") continue;
    const { guard } = operation;
    const index = guard !== undefined && operation.table.name === table ? keysOf(operation).indexOf(key) : -1;
    if (guard !== undefined && index >= 0) return { column: guard.column, expected: guard.expected[index]! };
  }
  throw new Error(`No operation guards row ${JSON.stringify(key)} of table ${table}`);
}

/** What the rows must have, and the keys of those that may be anything. */
function guardValues(rows: readonly Row[], expected: ReadonlyMap<string, number | null>): readonly Buffer[] {
  const keys = rows.map(([key]) => String(key));
  const unguarded = keys.filter((key) => !expected.has(key));
  return [bigintArray(keys.map((key) => expected.get(key) ?? null)), textArray(unguarded)];
}

function keysOf(operation: UpsertRows | DeleteRows): readonly string[] {
  return operation.kind === "upsertRows" ? operation.rows.map(([key]) => String(key)) : operation.keys;
}
