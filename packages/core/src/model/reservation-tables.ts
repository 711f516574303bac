import type { AggregateModel } from "./aggregate-model";

/** Returns the name of the table that holds what aggregates of a class have reserved: `fidelis_account_unique`. */
export function reservationTableName({ category }: Pick<AggregateModel, "category">): string {
  return `${category.replace("::", "_")}_unique`;
}

/** Whether reservations keep the unique constraints of a class: its aggregates have no row with a unique index. */
export function usesReservations({ storage }: Pick<AggregateModel, "storage">): boolean {
  return storage.stored === "events" && storage.unique.length > 0;
}
