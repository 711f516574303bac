import { OperationConflictError } from "../errors/operation-conflict-error";
import { streamOf } from "../event-store/stream-names";
import type { Row } from "../ports/table";
import type { Examination } from "./examination";
import { fieldsOf } from "./reservation-keys";
import { ownerOf, removeReservations } from "./reservation-table";

const ROWS_AT_ONCE = 500;

/** Checks for each reservation whether its aggregate has to have it. */
export async function examineReservations(examination: Examination): Promise<void> {
  const { reservations, operations } = examination.parts;
  const { table } = reservations;
  const orderBy = [{ column: table.columns[0]!.name, direction: "asc" }] as const;
  // Behind the record, whose key is the first.
  for (let after: Row[number] = ""; ; ) {
    examination.options.signal?.throwIfAborted();
    const rows = await operations.readModels.query({ table, where: [], orderBy, after: [after], limit: ROWS_AT_ONCE });
    const owners = [...new Set(rows.map(ownerOf))];
    const wanted = new Map(await Promise.all(owners.map(async (id) => [id, await examination.wantedBy(id)] as const)));
    for (const row of rows) {
      const owner = ownerOf(row);
      if (wanted.get(owner)?.wanted.has(row[0] as string) === false)
        await lookAgain(row[0] as string, owner, examination);
    }
    if (rows.length < ROWS_AT_ONCE) return;
    after = rows.at(-1)![0]!;
  }
}

/** Others write meanwhile: what was read counts only where the aggregate is the same before and after it. */
async function lookAgain(key: string, owner: string, examination: Examination): Promise<void> {
  const { parts, options } = examination;
  const { log, operations, reservations } = parts;
  for (;;) {
    options.signal?.throwIfAborted();
    const found = await examination.wantedBy(owner);
    if (found === undefined) return;
    const { version, wanted } = found;
    const owners = await examination.owners([key]);
    if (wanted.has(key) || owners.get(key) !== owner) return;
    if ((await log.version(streamOf(reservations.model.category, owner))) !== version) continue;
    try {
      if (options.repair)
        await operations.flush([removeReservations(reservations.table, [{ key, storedOwner: owner }])]);
    } catch (error) {
      if (error instanceof OperationConflictError) continue;
      throw error;
    }
    const fault = { kind: "superfluous", fields: fieldsOf(key), id: owner } as const;
    options.faults.note([fault], { isRepaired: options.repair });
    return;
  }
}
