import type { Answer } from "./answer";

/**
 * Commands that are carried out later. Entries change by operations, `Enqueue` and `SettleEntry`, and by claims.
 *
 * `now` is the moment to judge by, in milliseconds since 1970; the store's own clock where it is absent, because the clocks of servers may
 * differ.
 */
export interface CommandQueue {
  /**
   * Gives entries to a worker: those that wait and are due, and those whose claim has run out. Nobody else gets them before the claim runs
   * out. Of several workers that claim at the same time each entry goes to one, and none waits for another. One round trip.
   *
   * Those of higher priority come first, then the earliest due, then by id; but the last `oldest` of the limit go to the earliest due of all
   * priorities, then by id. An entry behind another one of its `line` that is not finished is passed over, in whatever lane that one is.
   *
   * @returns the entries, as they are after the claim: their revisions have grown by one.
   */
  claim(claim: QueueClaim): Answer<readonly ClaimedEntry[]>;
  /**
   * Extends the claims of a worker's entries: `claimMs` from now on. Their revisions stay. A claim that has run out is not extended.
   * @returns the ids of those that the worker still has.
   */
  extend(extension: ClaimExtension): Answer<readonly string[]>;
  /**
   * Gives claimed entries back, as far as they are the worker's: they can be claimed at once, and the claim does not count among their
   * `claims`. Their revisions grow by one.
   */
  release(worker: string, ids: readonly string[]): Answer<void>;
  /**
   * How long until an entry of these lanes may be claimed, in milliseconds: 0 for at once; undefined where nothing waits. Claims that run out
   * count; entries behind others of their line do not.
   */
  untilNext(lanes: readonly string[], now?: number): Answer<number | undefined>;
  /** The entry with an id; undefined where there is none. */
  find(id: string): Answer<QueueEntry | undefined>;
  /** Entries in the order of their ids (by code points). */
  list(page: QueuePage): Answer<readonly QueueEntry[]>;
  /** How many entries there are by lane and state, in the order of both. */
  counts(): Answer<readonly QueueCount[]>;
  /** The waiting entries that are due and that no worker has, by lane, in the order of the lanes: none of a lane without any. */
  overdue(now?: number): Answer<readonly OverdueEntries[]>;
  /** Forgets entries that were finished before a moment (by the clock of the store), at most `limit`. @returns how many. */
  forget(before: number, limit: number): Answer<number>;
}

/** What a worker takes. */
export interface QueueClaim {
  /** A name of its own for each start of a worker. */
  readonly worker: string;
  readonly lanes: readonly string[];
  readonly limit: number;
  /** How many of the limit are given to the earliest due, whatever their priority: so bulk still moves. At most `limit`. */
  readonly oldest: number;
  /** How long the claim holds. */
  readonly claimMs: number;
  readonly now?: number;
}

/** Which claims to extend, and by how much. */
export interface ClaimExtension {
  readonly worker: string;
  readonly ids: readonly string[];
  readonly claimMs: number;
  /** Whether the worker begins them now: counted among their `begins`, in case it ends while it has them. */
  readonly begins?: boolean;
  readonly now?: number;
}

/** Which entries to list. */
export interface QueuePage {
  readonly states?: readonly QueueEntryState[];
  readonly lanes?: readonly string[];
  /** Stored types of commands. */
  readonly types?: readonly string[];
  /** Of one line only. */
  readonly line?: string;
  readonly after?: string;
  readonly limit: number;
}

/** How many entries of a lane are in a state. */
export interface QueueCount {
  readonly lane: string;
  readonly state: QueueEntryState;
  readonly entries: number;
}

/** How many entries of a lane are due, and since when the first of them is: milliseconds since 1970, UTC. */
export interface OverdueEntries {
  readonly lane: string;
  readonly entries: number;
  readonly since: number;
}

/** `waiting`: to be carried out once it is due, or under way. `parked`: until somebody asks. The others are finished. */
export type QueueEntryState = "waiting" | "parked" | "done" | "refused" | "expired" | "cancelled";

/** A command that is carried out later. */
export interface QueueEntry {
  readonly id: string;
  readonly lane: string;
  /** The stored type of the command. */
  readonly type: string;
  /** Higher ones come first. A whole number. */
  readonly priority: number;
  /** Not to be carried out before: milliseconds since 1970, UTC. */
  readonly dueAt: number;
  /** Not to be carried out after: milliseconds since 1970, UTC; undefined for no limit. */
  readonly expiresAt?: number | undefined;
  /** Entries of one line are carried out one after the other, in the order of their numbers; undefined for a line of its own. */
  readonly line?: string | undefined;
  /** The place in the line; 0 without a line. */
  readonly number: number;
  readonly state: QueueEntryState;
  /** How many attempts have failed. */
  readonly attempts: number;
  /** How often it was claimed. */
  readonly claims: number;
  /** How often a worker has noted that it begins it, since the last attempt ended. */
  readonly begins: number;
  /** Grows by one with each change, from 0: with a claim and its release, but not with its extension. */
  readonly revision: number;
  /** The worker that has it, and until when; undefined for none. A claim that has run out may still be named. */
  readonly claimedBy?: string | undefined;
  readonly claimedUntil?: number | undefined;
  /** JSON text: the command, its metadata, who is told of its end. */
  readonly data: string;
  /** JSON text: the result, or why it failed; undefined before the first attempt. */
  readonly outcome?: string | undefined;
  /** When it was finished: milliseconds since 1970, UTC. */
  readonly finishedAt?: number | undefined;
}

/** An entry in the hands of a worker, and the time of the claim: milliseconds since 1970, by the clock that judged. */
export interface ClaimedEntry extends QueueEntry {
  readonly claimedAt: number;
}

/** An entry to be added. */
export interface NewQueueEntry
  extends Pick<QueueEntry, "id" | "lane" | "type" | "priority" | "line" | "number" | "data"> {
  readonly due: QueueTime;
  readonly expires?: QueueTime | undefined;
}

/** A moment: milliseconds since 1970, UTC, or milliseconds from now on by the clock of the store. */
export type QueueTime = { readonly at: number } | { readonly afterMs: number };
