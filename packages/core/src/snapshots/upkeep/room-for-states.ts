/** The JSON texts of all states under way; in memory they take a few times as much. */
const MOST_BYTES = 16 * 1_024 * 1_024;
const [FEWEST, MOST] = [4, 64];

/** By how much the remembered size shrinks with each later state. */
const FORGOTTEN = 1 / 16;

/**
 * Decides how many aggregates a run may work on at once: many where their states are small, because a store then writes
 * their snapshots together, and few where they are large, because memory has to stay small.
 */
export class RoomForStates {
  /** The size of the largest recent states. A run starts with few aggregates, because nothing is known yet. */
  private bytes = MOST_BYTES / FEWEST;

  get atOnce(): number {
    return Math.max(FEWEST, Math.min(MOST, Math.floor(MOST_BYTES / this.bytes)));
  }

  /** Notes the size of a state. */
  note(bytes: number): void {
    this.bytes = Math.max(1, bytes, this.bytes * (1 - FORGOTTEN));
  }
}
