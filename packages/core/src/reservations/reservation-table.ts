import { createHash } from "node:crypto";

import type { AggregateModel } from "../model/aggregate-model";
import { reservationTableName } from "../model/reservation-tables";
import type { DeleteRows, UpsertRows } from "../ports/operations";
import type { Row, Table } from "../ports/table";

/** A reservation as it is to be stored or removed. */
interface ChangedReservation {
  readonly key: string;
  /** Whose it is stored as; undefined where there must be none. */
  readonly storedOwner: string | undefined;
}

/** By which rows are guarded: a number made of the owner's id, because guards compare numbers. */
const GUARD = "_owner";

/** Defines the table of what the aggregates of a class have reserved: a row for each reservation, by its key. */
export function reservationTable(model: Pick<AggregateModel, "category">): Table {
  return {
    name: reservationTableName(model),
    columns: [
      { name: "key", type: "text" },
      { name: "owner", type: "text" },
      { name: GUARD, type: "integer" },
    ],
  };
}

/** Stores reservations, each refused unless it is stored as it says. */
export function putReservations(
  table: Table,
  reservations: readonly (ChangedReservation & { readonly owner: string })[],
): UpsertRows {
  return {
    kind: "upsertRows",
    table,
    rows: reservations.map(({ key, owner }): Row => [key, owner, guardOf(owner)]),
    guard: guarded(reservations),
  };
}

/** Removes reservations, each refused unless it is stored as it says. */
export function removeReservations(table: Table, reservations: readonly ChangedReservation[]): DeleteRows {
  return {
    kind: "deleteRows",
    table,
    keys: reservations.map(({ key }) => key),
    guard: guarded(reservations),
  };
}

/** The id of the aggregate that a stored reservation is for. */
export function ownerOf([, owner]: Row): string {
  return owner as string;
}

function guarded(reservations: readonly ChangedReservation[]) {
  const expected = reservations.map(({ storedOwner }) => (storedOwner === undefined ? null : guardOf(storedOwner)));
  return { column: GUARD, expected };
}

function guardOf(owner: string): number {
  return createHash("sha256").update(owner).digest().readUIntBE(0, 6);
}
