import type { Answer } from "./answer";

/**
 * What happens at a time of its own. Timers change by operations; see `SetTimer` and `RemoveTimer`.
 *
 * `now` is the moment to judge by, in milliseconds since 1970; the store's own clock where it is absent, because the clocks of servers may
 * differ.
 */
export interface TimerStore {
  /** The timers that are due, the earliest first, then by owner and name, at most `limit`; only those of one part of the owners. */
  due(query: DueTimersQuery): Answer<readonly Timer[]>;
  /** How long until the earliest timer is due, in milliseconds: 0 where one is due already; undefined without timers. */
  untilNext(now?: number): Answer<number | undefined>;
  /** How many timers are due. */
  overdue(now?: number): Answer<OverdueTimers>;
  /** The timers of one owner, the earliest first, then by name. */
  ofOwner(owner: string): Answer<readonly Timer[]>;
  /** Timers in the order of owner and name (by code points), behind `after`, at most `limit`; of owners that start with `prefix`. */
  list(page: TimersPage): Answer<readonly Timer[]>;
}

/** Which of the due timers to read. */
export interface DueTimersQuery {
  readonly now?: number;
  readonly limit: number;
  /**
   * Spreads the owners over several readers, so that two of them do not get the same timers: only those whose slot, divided by `of`, leaves
   * `index`. All where absent. The slot of an owner is that of a key of a subscription: `bucketOf(owner, 65536)`.
   */
  readonly part?: { readonly index: number; readonly of: number };
}

/** How many timers are due, and since when the first of them is: milliseconds since 1970, UTC; undefined without any. */
export interface OverdueTimers {
  readonly timers: number;
  readonly since?: number | undefined;
}

/** Which timers to list. */
export interface TimersPage {
  readonly prefix?: string;
  readonly after?: Pick<Timer, "owner" | "name">;
  readonly limit: number;
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
