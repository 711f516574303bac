import type { EventMetadata } from "../elements/event-metadata";
import type { StateOf } from "../snapshots/upkeep/snapshot-tails";

/** The whole state of an aggregate after one save, as `domain.factsFor(A)` reads it. Frozen. */
export interface Fact<A> {
  /** The aggregate's id. */
  readonly id: string;
  /** The aggregate's version in that state. There is one fact a save and one version an event, so some versions have no fact. */
  readonly version: number;
  /** With dates and bigints as such, in the present schema. `JSON.stringify` writes bigints as texts of their digits. */
  readonly state: StateOf<A>;
  readonly recordedAt: Date;
  /** Where it lies: give it as `after` to read the facts behind it. */
  readonly globalPosition: number;
  /** The metadata of the last event that led to this state. */
  readonly metadata: EventMetadata;
}
