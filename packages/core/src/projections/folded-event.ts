import type { ConsumedEvent } from "../subscriptions/reading/consumed-event";

/** An event as projections fold it: one that is stored, or one that is about to be. */
export interface FoldedEvent extends Omit<ConsumedEvent, "message"> {
  readonly message: Pick<ConsumedEvent["message"], "data">;
}
