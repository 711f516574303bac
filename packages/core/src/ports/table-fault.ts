import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { TableSwitch } from "./read-model-store";
import type { Table, View } from "./table";

const NAME = /^[a-z_][a-z0-9_]{0,62}$/;

/** What Tidemark's own tables are called, in whatever store. */
const RESERVED: ReadonlySet<string> = new Set([
  "events",
  "event_log",
  "event_streams",
  "event_categories",
  "event_ids",
  "event_order",
  "event_ends",
  "indexed_events",
  "snapshots",
  "checkpoints",
  "server_leases",
  "server_subscriptions",
  "parked_keys",
  "received_messages",
  "stream_starts",
  "forgotten_positions",
  "forgotten_categories",
  "timers",
  "command_queue",
  "states",
  "listeners",
  "migrations",
]);

/** What databases keep for themselves. */
const RESERVED_PREFIX = /^(sqlite|pg)_/;

/** Describes what is wrong with the definition of a read model's table; undefined where it can be created in every store. */
export function tableFault({ name, columns, indexes = [] }: Table): string | undefined {
  const fault = tableNameFault(name);
  if (fault !== undefined) return fault;
  const names = columns.map((column) => column.name);
  const unfit = names.find((column) => !NAME.test(column));
  if (unfit !== undefined)
    return `a column of the table ${name} must match ${NAME.source}, not ${JSON.stringify(unfit)}`;
  const repeated = names.find((column, index) => names.indexOf(column) !== index);
  if (repeated !== undefined) return `the table ${name} has two columns called ${repeated}`;
  if (columns[0]?.type !== "text") return `the first column of the table ${name} must be of type text: it is the key`;
  const unknown = indexes.flatMap(({ columns }) => columns).find((column) => !names.includes(column));
  if (unknown !== undefined)
    return `an index of the table ${name} names ${JSON.stringify(unknown)}, which is no column of it`;
  return indexes.some((index) => index.columns.length === 0)
    ? `an index of the table ${name} names no column`
    : undefined;
}

/** Describes what is wrong with the definition of a view; undefined where it can be created in every store. */
export function viewFault({ name, table, columns }: View): string | undefined {
  const fault = tableNameFault(name) ?? tableFault(table);
  if (fault !== undefined) return fault;
  if (columns.length === 0) return `the view ${name} shows no column`;
  const unknown = columns.find((column) => !table.columns.some((known) => known.name === column));
  if (unknown !== undefined)
    return `the view ${name} shows ${JSON.stringify(unknown)}, which is no column of ${table.name}`;
  const repeated = columns.find((column, index) => columns.indexOf(column) !== index);
  return repeated === undefined ? undefined : `the view ${name} shows the column ${repeated} twice`;
}

/** Describes what is wrong with the names of a switch; undefined where every store can make it. */
export function switchFault({ table, by, kept, view }: TableSwitch): string | undefined {
  const fault = tableFault(table) ?? tableNameFault(by) ?? tableNameFault(kept) ?? (view && viewFault(view));
  if (fault !== undefined) return fault;
  if (new Set([table.name, by, kept]).size < 3)
    return `a switch needs three names of tables, not ${table.name}, ${by} and ${kept}`;
  return view === undefined || view.table.name === table.name
    ? undefined
    : `the view ${view.name} shows ${view.table.name}, not the table ${table.name} that is switched`;
}

/** Describes what is wrong with the name of a read model's table: it cannot be one, or is reserved. */
export function tableNameFault(name: string): string | undefined {
  if (!NAME.test(name)) return `a table's name must match ${NAME.source}, not ${JSON.stringify(name)}`;
  const isReserved = RESERVED.has(name) || RESERVED_PREFIX.test(name);
  return isReserved ? `the name ${name} is reserved for the store's own tables; choose another one` : undefined;
}

/**
 * Refuses rows for a table that was not created as they are given.
 * @param actual the columns of the table with that name; undefined where there is none.
 */
export function refusedTable({ name }: Table, actual?: string): IncorrectUsageError {
  const found = actual === undefined ? "there is none; create it first" : `its columns are ${actual}`;
  return new IncorrectUsageError(`Cannot use table ${JSON.stringify(name)}: ${found}`, { table: name });
}
