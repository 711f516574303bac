import type { Row } from "../ports/table";
import type { Participant } from "./participant";

/** The rows that came with the loads of a unit of work, so that its commit need not read them. */
export class RowsOfUnit implements Participant {
  readonly #tables = new Map<string, Map<string, Row | undefined>>();

  /** Notes a row as it was stored at the time of a load; undefined where there was none. */
  note(table: string, key: string, row: Row | undefined): void {
    const rows = this.#tables.get(table) ?? new Map<string, Row | undefined>();
    this.#tables.set(table, rows.set(key, row));
  }

  /** The rows of a table by their keys; undefined for those that were missing. */
  of(table: string): ReadonlyMap<string, Row | undefined> | undefined {
    return this.#tables.get(table);
  }

  ended(): void {
    this.#tables.clear();
  }
}
