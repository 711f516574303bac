import type { AppendRequest } from "../../ports/event-log";
import type { Operation } from "../../ports/operations";

/** What is stored together with a checkpoint. */
export type Change = Operation | AppendEvents;

/** Appends events in the same transaction. Their ids must be new ones each time that they are made: an id that is stored counts as this append. */
interface AppendEvents {
  readonly kind: "appendEvents";
  readonly requests: readonly AppendRequest[];
}
