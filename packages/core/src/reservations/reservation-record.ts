import type { OperationStores } from "../ports/operation-stores";
import type { Table } from "../ports/table";
import { constraintName } from "./reservation-keys";

/** The names of the constraints that a table of reservations is complete for. */
interface KeptConstraints {
  readonly kept: ReadonlySet<string>;
  /** Counts the changes of the record; null where there is none. */
  readonly revision: number | null;
}

/** A key that no reservation has. */
const RECORD = "";

/**
 * Notes in a table of reservations which constraints its reservations are complete for: a constraint that is declared later, or was not
 * declared for a time, lacks those of the aggregates that were saved meanwhile.
 */
export class ReservationRecord {
  constructor(
    private readonly table: Table,
    private readonly stores: Pick<OperationStores, "flush" | "readModels">,
  ) {}

  async read(): Promise<KeptConstraints> {
    const [row] = await this.stores.readModels.rows(this.table, [RECORD]);
    if (row === undefined) return { kept: new Set(), revision: null };
    const [, names, revision] = row;
    return { kept: new Set(JSON.parse(names as string) as string[]), revision: revision as number };
  }

  /** @throws OperationConflictError where the record was changed since it was read. */
  async put(constraints: readonly (readonly string[])[], { revision }: KeptConstraints): Promise<void> {
    const { table } = this;
    const row = [RECORD, JSON.stringify(constraints.map(constraintName)), (revision ?? 0) + 1];
    const guard = { column: table.columns.at(-1)!.name, expected: [revision] };
    await this.stores.flush([{ kind: "upsertRows", table, rows: [row], guard }]);
  }
}
