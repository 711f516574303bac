import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import type { AggregateModel } from "../../model/aggregate-model";
import { isOpen } from "../../model/aggregate-storage";

/** Whether aggregates of a class can have snapshots: they are folded from their events. */
export function hasSnapshots({ storage }: Pick<AggregateModel, "storage">): boolean {
  return !isOpen(storage);
}

/**
 * @param attempted what cannot be done: `create a snapshot`.
 * @throws IncorrectUsageError for a class whose aggregates are loaded from their rows and never folded.
 */
export function checkHasSnapshots(model: Pick<AggregateModel, "name" | "storage">, attempted: string): void {
  if (hasSnapshots(model)) return;
  const { name, storage } = model;
  const how = storage.stored === "state" ? "it is stored as its state" : "its state is the truth";
  throw new IncorrectUsageError(
    `Cannot ${attempted} of ${name}: ${how}, and a load reads its row without folding events`,
    { aggregate: name },
  );
}
