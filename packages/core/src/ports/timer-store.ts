import type { Answer } from "./answer";

/** What happens at a time of its own. Timers change by operations; see `SetTimer` and `RemoveTimer`. */
export interface TimerStore {
  /** The timers that are due at a moment (milliseconds since 1970), the earliest first, at most `limit`. */
  due(now: number, limit: number): Answer<readonly Timer[]>;
  /** The timers of one owner, the earliest first. */
  ofOwner(owner: string): Answer<readonly Timer[]>;
}

/** A timer, told apart by its owner and its name. */
export interface Timer {
  readonly owner: string;
  readonly name: string;
  /** Milliseconds since 1970, UTC. */
  readonly dueAt: number;
  /** JSON text. */
  readonly data: string;
}

/** Commands that wait to be carried out. Entries change by operations; see `Enqueue` and `Dequeue`. */
export interface CommandQueue {
  /**
   * The entries of a lane that may be carried out at a moment (milliseconds since 1970), at most `limit`: those of higher
   * priority first, then the earliest, then by id.
   */
  waiting(lane: string, now: number, limit: number): Answer<readonly QueueEntry[]>;
  /** The entry with an id; undefined where there is none. */
  find(id: string): Answer<QueueEntry | undefined>;
}

/** A command that waits. */
export interface QueueEntry {
  readonly id: string;
  readonly lane: string;
  /** Higher ones come first. */
  readonly priority: number;
  /** Not to be carried out before: milliseconds since 1970, UTC. */
  readonly dueAt: number;
  /** JSON text. */
  readonly data: string;
}
