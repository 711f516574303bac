import { ConfigurationError } from "../../errors/configuration-error";
import type { DeleteRows, Operation, UpsertRows } from "../operations";
import type { ReadModelStore, TableSwitch } from "../read-model-store";
import { refusedSwitch } from "../refused-operation";
import type { RowQuery } from "../row-query";
import type { Column, Row, Table, View } from "../table";
import { addedColumns, fitsStored } from "../table-extension";
import { refusedTable, switchFault, tableFault, tableNameFault, viewFault } from "../table-fault";
import { describedColumns, type RowChanges, RowTable } from "./row-table";

/** What a switch needs of the rest of the store. */
interface RestOfStore {
  /** The global position of a category's last event; 0 for none. */
  endOf(category: string): number;
  flush(operations: readonly Operation[]): void;
}

/** The tables of read models in a `MemoryEventStore`, and the views of them. */
export class MemoryReadModels implements ReadModelStore {
  readonly #tables = new Map<string, RowTable>();
  /** The tables of views by the names of the views. */
  readonly #views = new Map<string, string>();
  /** The columns, in words, of the stored tables that given ones were found to fit. */
  readonly #fitting = new WeakMap<Table, string>();

  constructor(private readonly store: RestOfStore) {}

  createTable(table: Table): void {
    refuse(tableFault(table));
    const known = this.#tables.get(table.name);
    if (this.#views.has(table.name)) throw new ConfigurationError(`the name ${table.name} is that of a view`);
    if (known === undefined) this.#tables.set(table.name, new RowTable(table));
    else if (fitsStored(table, describedColumns(table), known.columns)) known.addIndexes(table);
    else throw new ConfigurationError(`the table ${table.name} has other columns: ${known.columns}`);
  }

  columnsOf(name: string): readonly Column[] | undefined {
    return this.#tables.get(name)?.storedColumns;
  }

  extendTable(table: Table): void {
    refuse(tableFault(table));
    const known = this.#tables.get(table.name);
    const added = addedColumns(table, known?.storedColumns);
    known!.extend(added, table);
  }

  dropTable(name: string): void {
    refuse(tableNameFault(name));
    this.#tables.delete(name);
    for (const [view, table] of this.#views) if (table === name) this.#views.delete(view);
  }

  dropTableUnless(rows: Pick<RowQuery, "table" | "where">): boolean {
    refuse(tableFault(rows.table));
    if (!this.#tables.has(rows.table.name)) return true;
    if (this.count(rows) > 0) return false;
    this.dropTable(rows.table.name);
    return true;
  }

  has(name: string): boolean {
    return this.#tables.has(name) || this.#views.has(name);
  }

  createView(view: View): void {
    refuse(viewFault(view));
    this.#table(view.table);
    if (this.#tables.has(view.name)) throw new ConfigurationError(`the name ${view.name} is that of a table`);
    this.#views.set(view.name, view.table.name);
  }

  viewedTable(name: string): string | undefined {
    return this.#views.get(name);
  }

  switchTable(change: TableSwitch): void {
    refuse(switchFault(change));
    const { table, by, kept, view, upTo, also } = change;
    const [present, next] = [this.#table(table), this.#table({ ...table, name: by })];
    const end = Math.max(0, ...(upTo?.categories ?? []).map((category) => this.store.endOf(category)));
    if (upTo !== undefined && end > upTo.position) throw refusedSwitch(change, end);
    const [tables, views] = [new Map(this.#tables), new Map(this.#views)];
    try {
      for (const name of [kept, by]) this.dropTable(name);
      this.#rename(present, kept);
      this.#rename(next, table.name);
      if (view !== undefined) this.createView(view);
      this.store.flush(also);
    } catch (error) {
      this.#rename(present, table.name);
      this.#rename(next, by);
      restore(this.#tables, tables);
      restore(this.#views, views);
      throw error;
    }
  }

  rows(table: Table, keys: readonly string[]): readonly Row[] {
    const stored = this.#table(table);
    return stored.partsOf(stored.rows(keys), table);
  }

  query(query: RowQuery): readonly Row[] {
    const stored = this.#table(query.table);
    return stored.partsOf(stored.query(query), query.table);
  }

  count(query: Pick<RowQuery, "table" | "where">): number {
    return this.#table(query.table).count(query);
  }

  /**
   * Checks whether operations can be applied now.
   * @returns a function that applies them.
   * @throws IncorrectUsageError, OperationConflictError, UniqueViolationError
   */
  checked(operations: readonly (UpsertRows | DeleteRows)[]): () => void {
    const changesOfTables = new Map<RowTable, RowChanges>();
    for (const operation of operations) {
      const table = this.#table(operation.table);
      table.checkGuard(operation);
      const changes: RowChanges = changesOfTables.get(table) ?? new Map();
      changesOfTables.set(table, changes);
      if (operation.kind === "deleteRows") for (const key of operation.keys) changes.set(key, undefined);
      else for (const row of operation.rows) changes.set(String(row[0]), table.completed(row, operation.table));
    }
    for (const [table, changes] of changesOfTables) table.checkUnique(changes);
    return () => {
      for (const [table, changes] of changesOfTables) table.apply(changes);
    };
  }

  #rename(table: RowTable, name: string): void {
    table.rename(name);
    this.#tables.set(name, table);
  }

  #table(table: Table): RowTable {
    const found = this.#tables.get(table.name);
    if (found !== undefined && this.#fitting.get(table) === found.columns) return found;
    if (found !== undefined && fitsStored(table, describedColumns(table), found.columns)) {
      this.#fitting.set(table, found.columns);
      return found;
    }
    throw refusedTable(table, found?.columns);
  }
}

function refuse(fault: string | undefined): void {
  if (fault !== undefined) throw new ConfigurationError(fault);
}

function restore<V>(map: Map<string, V>, entries: ReadonlyMap<string, V>): void {
  map.clear();
  for (const [key, value] of entries) map.set(key, value);
}
