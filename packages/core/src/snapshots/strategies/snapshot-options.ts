import type { SnapshotMode, SnapshotOccasion } from "../../config/domain-config";
import type { SnapshotStrategy } from "./strategy";

/** An aggregate class's own settings; domain.toml's for that aggregate win over them, they over the domain-wide ones. */
export interface SnapshotOptions {
  /** Events since the last usable snapshot at which the next one is due; 0 turns automatic snapshots off. */
  readonly threshold?: number;
  /** Decides in the place of `threshold`. */
  readonly when?: SnapshotStrategy;
  readonly mode?: SnapshotMode;
  readonly on?: readonly SnapshotOccasion[];
  /** How many to keep of an aggregate, at least 1. */
  readonly keep?: number;
  /** No first snapshot before an aggregate has so many events. */
  readonly minEvents?: number;
}
