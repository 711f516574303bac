import type { Cause } from "../causation/cause";

/** The save of an aggregate at the end of a unit of work. */
export interface LiveSave {
  /** Notes what caused the events that are pending now. */
  attribute(cause: Cause): void;
  /** Deletes the aggregate, where it would be saved. Absent where aggregates cannot be deleted. */
  delete?(): void;
}
