import type { AggregateRoot } from "../../elements/aggregate-root";
import { ConfigurationError } from "../../errors/configuration-error";
import { OperationConflictError } from "../../errors/operation-conflict-error";
import { UniqueViolationError } from "../../errors/unique-violation-error";
import type { Loader } from "../../loading/aggregate-loader";
import { restored } from "../../loading/restored";
import type { OperationStores } from "../../ports/operation-stores";
import type { Operation } from "../../ports/operations";
import type { Row, Table } from "../../ports/table";
import { migrateState } from "../../snapshots/migrate-snapshot";
import { type StateTable, VERSION } from "../state-table";
import { type OlderRow, olderRow } from "./older-row";
import { NOT_MOVED, type OlderTable } from "./stored-tables";

/** How many rows are moved in one transaction, and read at once. */
const PAGE_SIZE = 100;

interface RowMovesParts {
  readonly rows: StateTable;
  readonly stores: Pick<OperationStores, "flush" | "readModels">;
  /** Folds the events of aggregates whose truth they are. */
  readonly loader: Loader;
  readonly signal: AbortSignal | undefined;
}

/**
 * Moves the rows of earlier schema versions to the table of the present one, while releases of those versions may go on writing.
 *
 * A row is stored in the new table and sealed in the old one in one transaction: its version there becomes a negative number, which no
 * earlier release expects, so that whoever loaded it before is refused. A row that was written meanwhile is met by the next pass.
 */
export class RowMoves {
  constructor(private readonly parts: RowMovesParts) {}

  /** Reads the rows that were not moved on from a table, by their ids. */
  async *pages({ table }: Pick<OlderTable, "table">): AsyncGenerator<readonly Row[]> {
    const { readModels } = this.parts.stores;
    const key = table.columns[0]!.name;
    for (let after: readonly [string] | undefined; ; ) {
      this.parts.signal?.throwIfAborted();
      const orderBy = [{ column: key, direction: "asc" }] as const;
      const page = { table, where: [NOT_MOVED], orderBy, limit: PAGE_SIZE };
      const rows = await readModels.query({ ...page, ...(after !== undefined && { after }) });
      if (rows.length > 0) yield rows;
      if (rows.length < PAGE_SIZE) return;
      after = [String(rows.at(-1)![0])];
    }
  }

  /** Moves all rows of a table. @param moved called with the number of rows that were just moved. */
  async moveAll(older: OlderTable, moved: (count: number) => void): Promise<void> {
    for (let isDone = false; !isDone; ) {
      isDone = true;
      for await (const page of this.pages(older)) {
        isDone = false;
        moved(await this.#movePage(older, page));
      }
    }
  }

  /**
   * Makes the present row of one of an earlier schema version.
   * @returns undefined for an aggregate without events whose truth they are.
   * @throws MigrationFailed, ValidationError for a state that does not fit the shape; what folding throws.
   */
  async rowOf({ schemaVersion, table, shape }: OlderTable, row: Row): Promise<Row | undefined> {
    const { rows } = this.parts;
    const older = olderRow(row, table.columns, shape);
    if (rows.model.storage.truth === "events") {
      const { aggregate } = await this.parts.loader.load(older.id, { rebuild: true });
      return aggregate && rows.rowOf(aggregate, aggregate.version);
    }
    return rows.rowOf(this.#migrated(older, schemaVersion), older.version);
  }

  #migrated({ id, version, state }: OlderRow, schemaVersion: number): AggregateRoot {
    const { model } = this.parts.rows;
    const migrated = migrateState({ aggregateId: id, schemaVersion, state }, model);
    return restored(model, id, { state: migrated, version, lastEventId: "", createdAt: new Date(0) }, false);
  }

  /** @returns how many rows of the page were moved. */
  async #movePage(older: OlderTable, page: readonly Row[]): Promise<number> {
    try {
      await this.#move(older, page);
      return page.length;
    } catch (error) {
      if (!(error instanceof OperationConflictError || error instanceof UniqueViolationError)) throw error;
    }
    let count = 0;
    for (const row of page) if (await this.#moveOne(older, row)) count++;
    return count;
  }

  /** @returns false for a row that was written, moved or deleted since it was read. */
  async #moveOne(older: OlderTable, row: Row): Promise<boolean> {
    const { rows, stores } = this.parts;
    const { model, table } = rows;
    const id = String(row[0]);
    try {
      await this.#move(older, [row]);
      return true;
    } catch (error) {
      const named = `Cannot move the row of ${model.name} ${JSON.stringify(id)} from ${older.table.name} to ${table.name}`;
      if (error instanceof UniqueViolationError)
        throw new ConfigurationError(`${named}: another one has the same ${error.details.columns}`);
      if (!(error instanceof OperationConflictError)) throw error;
      const [now] = await stores.readModels.rows(older.table, [id]);
      const [there] = await stores.readModels.rows(table, [id]);
      if (now === undefined || versionOf(now, older.table) !== versionOf(row, older.table) || there === undefined)
        return false;
      throw new ConfigurationError(`${named}: both tables have one; find out which is right, and delete the other one`);
    }
  }

  async #move(older: OlderTable, page: readonly Row[]): Promise<void> {
    const { rows, stores } = this.parts;
    const moved = (await Promise.all(page.map((row) => this.rowOf(older, row)))).filter((row) => row !== undefined);
    const seals = page.map((row): Row => [row[0]!, sealed(versionOf(row, older.table))]);
    const guard = { column: VERSION.name, expected: page.map((row) => versionOf(row, older.table)) };
    const operations: Operation[] = [
      {
        kind: "upsertRows",
        table: rows.table,
        rows: moved,
        guard: { column: VERSION.name, expected: moved.map(() => null) },
      },
      { kind: "upsertRows", table: sealedPart(older.table), rows: seals, guard },
    ];
    await stores.flush(moved.length === 0 ? operations.slice(1) : operations);
  }
}

/** The version of a row that was moved on; no other version gives the same. */
function sealed(version: number): number {
  return -2 - version;
}

function versionOf(row: Row, { columns }: Table): number {
  return Number(row[columns.findIndex(({ name }) => name === VERSION.name)]);
}

function sealedPart({ name, columns }: Table): Table {
  return { name, columns: [columns[0]!, VERSION], isPartial: true };
}
