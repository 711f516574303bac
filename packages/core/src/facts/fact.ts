import type { EventMetadata } from "../event-store/event-metadata";
import type { StateOf } from "../snapshots/upkeep/snapshot-tails";

/** The whole state of an aggregate after one save, as `domain.factsFor(A)` reads it. Frozen. */
export interface Fact<A> {
  /** The aggregate's id. */
  readonly id: string;
  /** The aggregate's version in that state. Facts are one a save, versions one an event: some versions have none. */
  readonly version: number;
  /** Dates and bigints as such; in the present schema, whichever it was recorded in. */
  readonly state: StateOf<A>;
  readonly recordedAt: Date;
  /** What `after` takes to go on behind this one. */
  readonly globalPosition: number;
  /** That of the last event that led to this state. */
  readonly metadata: EventMetadata;
}
