import { ConfigurationError } from "../errors/configuration-error";
import type { Column, Table } from "./table";

/**
 * The columns that an extension adds to a table. Others that the stored table has beside them are left as they are.
 *
 * @param stored the columns that the table has; undefined where there is no such table.
 * @throws ConfigurationError where there is none, or where its key or the type of a column is another one.
 */
export function addedColumns({ name, columns }: Table, stored: readonly Column[] | undefined): readonly Column[] {
  if (stored === undefined)
    throw new ConfigurationError(`the table ${name} cannot be extended: there is none; create it first`);
  const [key, storedKey] = [columns[0]!, stored[0]!];
  if (key.name !== storedKey.name)
    throw new ConfigurationError(`the table ${name} cannot be extended: its key is ${storedKey.name}, not ${key.name}`);
  const typeOf = new Map(stored.map((column) => [column.name, column.type]));
  const changed = columns.find((column) => (typeOf.get(column.name) ?? column.type) !== column.type);
  if (changed !== undefined)
    throw new ConfigurationError(
      `the table ${name} cannot be extended: its column ${changed.name} is of type ${typeOf.get(changed.name)}, not ${changed.type}`,
    );
  return columns.filter((column) => !typeOf.has(column.name));
}

/**
 * Whether a stored table can be used as it is given: with the same columns, or with all of them where it is given in part.
 * @param stored the columns of the stored table in words: each with its type, joined by `, `. Undefined where there is none.
 * @param given those of the given one, in the same words.
 */
export function fitsStored({ isPartial = false }: Table, given: string, stored: string | undefined): boolean {
  if (!isPartial || stored === undefined) return given === stored;
  const columns = new Set(stored.split(", "));
  return given.split(", ").every((column) => columns.has(column));
}

/** The error for a table that nobody created as one of a read model. */
export function foreignTable(name: string, columns: string): ConfigurationError {
  return new ConfigurationError(`the table ${name} is not one of a read model: ${columns}`);
}
