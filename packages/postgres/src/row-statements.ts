import type { Row as ModelRow, Table } from "@tidemark/core/adapter";

import { textArray } from "./binary-arrays";
import { mappingOf, storedType } from "./column-mappings";
import type { NamedStatements } from "./named-statements";
import { RowQueries } from "./row-queries";
import type { Parameter, Statement } from "./work";

/**
 * The statements for the rows of one table. All rows of a call come in arrays, one for each column. They are written in the order
 * of their keys, in which all transactions wait for each other.
 */
export class RowStatements {
  readonly upsert: Statement;
  readonly delete: Statement;
  /** Reads rows by their keys. */
  readonly select: Statement;
  readonly queries: RowQueries;
  /** By the guarded column. */
  private readonly guarded = new Map<string, Statement>();
  private readonly replacing = new Map<string, Statement>();
  private readonly parts: ReturnType<typeof partsOf>;

  /**
   * @param table whose names were checked.
   * @param name what the names of the statements end with: different for each table and set of columns.
   */
  constructor(
    readonly table: Table,
    private readonly schema: string,
    private readonly name: string,
    names: NamedStatements,
  ) {
    this.parts = partsOf(table, schema);
    const { into, key, names: columns, values, given, onConflict } = this.parts;
    this.queries = new RowQueries(table, into, names);
    this.upsert = {
      name: `upsert_${name}`,
      text: `
        INSERT INTO ${into} (${columns})
        SELECT ${values} FROM unnest(${given}) AS r (${columns})
        ORDER BY r.${key} COLLATE "C"
        ON CONFLICT (${key}) DO ${onConflict}`,
    };
    this.delete = {
      name: `delete_${name}`,
      text: `
        WITH locked AS MATERIALIZED (
          SELECT ${key} FROM ${into} WHERE ${key} = ANY ($1::text[]) ORDER BY ${key} FOR UPDATE
        )
        DELETE FROM ${into} AS t USING locked WHERE t.${key} = locked.${key}`,
    };
    const read = table.columns.map((column) => mappingOf(column).read(`"${column.name}"`));
    this.select = {
      name: `select_${name}`,
      text: `SELECT ${read.join(", ")} FROM ${into} WHERE ${key} = ANY ($1::text[])`,
    };
  }

  /** `upsert` for rows that have guards: its values are those of `upsert`, then those of `guardValues`. */
  guardedUpsert(column: string): Statement {
    let statement = this.guarded.get(column);
    if (statement === undefined) {
      statement = { name: `upsert_${this.name}_if_${this.guarded.size}`, text: this.guardedText(`"${column}"`) };
      this.guarded.set(column, statement);
    }
    return statement;
  }

  /** Stores one row in the place of the one that has a value in a column: its values are those of `replacementOf`. */
  replace(column: string): Statement {
    let statement = this.replacing.get(column);
    if (statement === undefined) {
      statement = { name: `replace_${this.name}_if_${this.replacing.size}`, text: this.replacingText(column) };
      this.replacing.set(column, statement);
    }
    return statement;
  }

  /** The values of `replace`. */
  replacementOf(row: ModelRow, expected: number): Parameter[] {
    const { columns } = this.table;
    const values: Parameter[] = columns.map((column, index) => {
      const value = row[index]!;
      return value === null ? null : mappingOf(column).parameter(value);
    });
    values.push(expected);
    return values;
  }

  /** A row that has its key and no other value. */
  emptyRow(key: string): ModelRow {
    return this.table.columns.map((_, index) => (index === 0 ? key : null));
  }

  /** The values of `upsert`. */
  arraysOf(rows: readonly ModelRow[]): Parameter[] {
    return this.table.columns.map((column, index) => mappingOf(column).array(rows.map((row) => row[index]!)));
  }

  /** The values of `select` and of `delete`. */
  keysOf(keys: readonly string[]): Parameter[] {
    return [textArray(keys)];
  }

  /** An UPDATE waits for whoever changes the row, and looks at what that one has left. */
  private replacingText(guard: string): string {
    const { columns, name } = this.table;
    const { into, key, count } = this.parts;
    const assigned = columns.map((column, index) => `"${column.name}" = $${index + 1}::${storedType(column)}`).slice(1);
    return `
      WITH replaced AS (
        UPDATE ${into} SET ${assigned.join(", ")} WHERE ${key} = $1::text AND "${guard}" = $${count + 1}::bigint RETURNING 1
      )
      SELECT ${this.schema}.refuse_row('${name}', '${columns[0]!.name}', '${guard}', $1::text)
      WHERE NOT EXISTS (SELECT FROM replaced)`;
  }

  /**
   * Rows that are there are locked before they are compared, and stay as they are. A row that comes in between is met by the INSERT,
   * which refuses to replace a row that it has not locked. Names with a colon are none of the table's.
   */
  private guardedText(guard: string): string {
    const { into, key, names, values, given, onConflict, count } = this.parts;
    const [expected, unguarded] = [`$${count + 1}::bigint[]`, `$${count + 2}::text[]`];
    const refuse = (row: string, isThere: string, actual: string) =>
      `${this.schema}.refuse(json_build_object('kind', 'row', 'table', '${this.table.name}', 'key', ${row}, 'isThere', ${isThere}, 'actual', ${actual}))`;
    return `
      WITH locked AS MATERIALIZED (
        SELECT ${key} AS "row:key", ${guard} AS "row:actual" FROM ${into}
        WHERE ${key} = ANY ($1::text[]) ORDER BY ${key} FOR UPDATE
      )
      INSERT INTO ${into} AS t (${names})
      SELECT ${values} FROM unnest(${given}, ${expected}) AS r (${names}, "row:expected")
        LEFT JOIN locked l ON l."row:key" = r.${key}
      WHERE CASE
        WHEN r."row:expected" = l."row:actual" OR (r."row:expected" IS NULL AND l."row:key" IS NULL) THEN true
        WHEN r.${key} = ANY (${unguarded}) THEN true
        ELSE ${refuse(`r.${key}`, `l."row:key" IS NOT NULL`, `l."row:actual"`)}
      END
      ORDER BY r.${key} COLLATE "C"
      ON CONFLICT (${key}) DO ${onConflict}
      WHERE CASE
        WHEN t.${key} IN (SELECT "row:key" FROM locked) OR t.${key} = ANY (${unguarded}) THEN true
        ELSE ${refuse(`t.${key}`, "true", `t.${guard}`)}
      END`;
  }
}

/** What the statements that store rows are made of. */
function partsOf(table: Table, schema: string) {
  const { columns } = table;
  const names = columns.map(({ name }) => `"${name}"`);
  const replaced = names.slice(1).map((column) => `${column} = excluded.${column}`);
  return {
    into: `${schema}."${table.name}"`,
    key: names[0]!,
    names: names.join(", "),
    count: names.length,
    given: columns.map((column, index) => `$${index + 1}::${mappingOf(column).sent}[]`).join(", "),
    values: columns
      .map((column, index) => {
        const type = storedType(column);
        return type === mappingOf(column).sent ? `r.${names[index]}` : `r.${names[index]}::${type}`;
      })
      .join(", "),
    onConflict: replaced.length === 0 ? "NOTHING" : `UPDATE SET ${replaced.join(", ")}`,
  };
}
