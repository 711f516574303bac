import type { Answer } from "./answer";

/**
 * How far subscriptions have read, which server reads which bucket of their keys, and which keys are set aside. Checkpoints move by
 * operations (`MoveCheckpoint`, `ReplaceCheckpoints`), keys are set aside by operations (`PutParked`, `RemoveParked`).
 *
 * Every time in here is that of the store: the clocks of servers may differ.
 */
export interface SubscriptionStore {
  /** Lays the checkpoints that are not there yet, under generation 0 and without an owner; leaves the others as they are. */
  layCheckpoints(checkpoints: readonly NewCheckpoint[]): Answer<void>;
  /** The checkpoints of a subscription, by bucket. */
  checkpoints(subscription: string): Answer<readonly Checkpoint[]>;
  /** The subscriptions that have checkpoints, in the order of their names. */
  subscriptions(): Answer<readonly string[]>;
  /**
   * Raises the generation of a checkpoint by one: whoever works under an earlier one cannot move it any more.
   * @returns the checkpoint as it is now; undefined where none was laid.
   */
  raiseGeneration(subscription: string, bucket: number): Answer<Checkpoint | undefined>;

  /**
   * Keeps a server alive for `leaseMs` from now on, and says which subscriptions it runs: those, and no others any more. One round
   * trip. A server that is not kept alive in time is dead: its buckets are free, and stay so when it comes back. A server has what it has
   * claimed of a subscription that it runs no more until it releases it.
   *
   * @returns how each of these subscriptions is shared between the servers, in the order of the request.
   */
  renew(lease: ServerLease): Answer<readonly SubscriptionShare[]>;
  /** How subscriptions are shared between the servers that are alive, in the order of the request: what `renew` says, changing nothing. */
  shares(subscriptions: readonly string[]): Answer<readonly SubscriptionShare[]>;
  /**
   * Gives buckets of a subscription to a server that is alive, the lowest first, and raises their generations; none to a dead one. Only buckets without an
   * owner and those of dead servers, unless `fromOthers`. Of several servers that claim at the same time each bucket goes to one, and
   * none waits for another.
   *
   * @returns the checkpoints of the buckets that the server now has beyond those that it had.
   */
  claim(claim: BucketClaim): Answer<readonly Checkpoint[]>;
  /** Gives buckets back, as far as they are the server's: they have no owner then. */
  release(server: string, subscription: string, buckets: readonly number[]): Answer<void>;
  /** Ends the lease of a server. Its buckets are free at once. */
  leave(server: string): Answer<void>;

  /** Keys that are set aside, and events that were skipped, in the order of subscription, key (by code points) and position. */
  parked(filter: ParkedFilter): Answer<readonly ParkedKey[]>;
}

/** A checkpoint to be laid. */
export type NewCheckpoint = Pick<Checkpoint, "subscription" | "bucket" | "position">;

/** How far a subscription has read the events of one bucket of keys. */
export interface Checkpoint {
  readonly subscription: string;
  /** From 0. */
  readonly bucket: number;
  /** The global position up to which every event is done; 0 for none. */
  readonly position: number;
  /** Grows with each owner, so that a former one is recognised. */
  readonly generation: number;
}

/** That a server is alive, and what it runs. */
export interface ServerLease {
  /** A name of its own for each start of a server. */
  readonly server: string;
  readonly leaseMs: number;
  readonly subscriptions: readonly string[];
}

/** How a subscription is shared between servers. */
export interface SubscriptionShare {
  readonly subscription: string;
  /** The servers alive that run it, in the order of their names. */
  readonly servers: readonly string[];
  /** By bucket. */
  readonly buckets: readonly OwnedCheckpoint[];
}

/** A checkpoint and who has it. */
export interface OwnedCheckpoint extends Checkpoint {
  /** The server alive that has it; undefined where it is free. */
  readonly owner?: string | undefined;
}

/** Which buckets a server takes. */
export interface BucketClaim {
  readonly server: string;
  readonly subscription: string;
  /** How many it takes at most. */
  readonly limit: number;
  /** Only these. */
  readonly buckets?: readonly number[];
  /** Takes them from servers that are alive, too. */
  readonly fromOthers?: boolean;
}

/** A key of a subscription whose events wait, or an event that was skipped. Told apart by subscription, key and position. */
export interface ParkedKey {
  readonly subscription: string;
  readonly key: string;
  /** The global position of the event that failed: the events of the key wait from it on. */
  readonly position: number;
  /**
   * `waiting`: tried again at `dueAt`. `parked`: until somebody asks. `retry`, `skip`: somebody has asked, and the owner of the bucket is
   * to do it. `skipped`: the record of an event that was passed over; its key does not wait.
   */
  readonly state: "waiting" | "parked" | "retry" | "skip" | "skipped";
  /** How many times the event was tried. */
  readonly attempts: number;
  /** Of a waiting key, when it is tried again: milliseconds since 1970, UTC. */
  readonly dueAt?: number | undefined;
  /** Grows by one with each change, from 0. */
  readonly revision: number;
  /** JSON text: what failed and how, who asked for what. */
  readonly data: string;
  /** What could not be read, byte by byte, where it does not lie in the log: a message of a broker. */
  readonly payload?: Uint8Array | undefined;
}

/** Which of the parked keys to read. */
export interface ParkedFilter {
  /** Of all subscriptions where absent. */
  readonly subscription?: string;
  readonly keys?: readonly string[];
  readonly states?: readonly ParkedKey["state"][];
  /** Only those behind this one in the order. */
  readonly after?: Pick<ParkedKey, "subscription" | "key" | "position">;
  readonly limit?: number;
}

/** Which messages from outside were received already. Ids are noted by operations; see `ReceiveMessage`. */
export interface InboxStore {
  /** Those of the ids that an inbox has. */
  received(inbox: string, ids: readonly string[]): Answer<readonly string[]>;
  /** Forgets what was received before a moment (milliseconds since 1970). @returns how many. */
  forget(inbox: string, before: number): Answer<number>;
}
