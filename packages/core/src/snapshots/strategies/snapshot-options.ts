import type { SnapshotMode, SnapshotOccasion } from "../../config/domain-config";
import type { SnapshotStrategy } from "./strategy";

/** The settings of an aggregate class. The aggregate's table in domain.toml wins over them; they win over the domain-wide settings. */
export interface SnapshotOptions {
  /** Events since the last usable snapshot at which the next one is due; 0 turns automatic snapshots off. */
  readonly threshold?: number;
  /** Decides instead of `threshold`. */
  readonly when?: SnapshotStrategy;
  readonly mode?: SnapshotMode;
  readonly on?: readonly SnapshotOccasion[];
  /** How many to keep of an aggregate, at least 1. */
  readonly keep?: number;
  /** The first snapshot of an aggregate waits until it has so many events. */
  readonly minEvents?: number;
}
