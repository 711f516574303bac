import { UniqueViolationError } from "../errors/unique-violation-error";
import type { AggregateModel } from "../model/aggregate-model";
import { snakeCase } from "../model/names";

/** The rows of one class of aggregates that were to be stored together. */
interface SavedRows {
  readonly model: Pick<AggregateModel, "name" | "storage">;
  /** The name of their table. */
  readonly table: string;
  readonly ids: () => readonly string[];
}

/**
 * Translates the refusal of a unique index into the words of the aggregates whose rows it refused.
 * @returns undefined for an error of another cause, or of another table.
 */
export function aggregateViolation(error: unknown, { model, table, ids }: SavedRows): UniqueViolationError | undefined {
  if (!(error instanceof UniqueViolationError) || error.details.table !== table) return undefined;
  const { columns = [] } = error.details;
  const saved = ids();
  const fields = model.storage.unique.find((each) => each.map(snakeCase).join() === columns.join()) ?? columns;
  // Without the error of the store, which may hold the values.
  return new UniqueViolationError({ aggregate: model.name, fields, ...(saved.length === 1 && { id: saved[0] }) });
}
