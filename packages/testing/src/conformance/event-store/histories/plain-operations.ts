import { ExpectedVersionError, OperationConflictError } from "@tidemark/core";
import {
  bucketOf,
  type Checkpoint,
  type ClaimExtension,
  type ClaimedEntry,
  type DueTimersQuery,
  type Operation,
  type OverdueEntries,
  type OverdueTimers,
  type ParkedKey,
  type QueueClaim,
  type QueueCount,
  type QueueEntry,
  type QueuePage,
  type Row,
  refuseOverlaps,
  type StoredState,
  type StreamPage,
  type Timer,
  type TimersPage,
} from "@tidemark/core/adapter";

import {
  claimed,
  counted,
  enqueued,
  extended,
  listed,
  overdue,
  released,
  settled,
  untilNext,
  withoutFinished,
} from "./plain-queue";

/** Everything that operations change. */
export interface Kept {
  /** Of the one table that histories have. */
  readonly rows: readonly Row[];
  /** Of the one subscription that histories have. */
  readonly checkpoints: readonly Checkpoint[];
  /** Of the same subscription. */
  readonly parked: readonly ParkedKey[];
  /** The ids of the messages in the one inbox that histories have. */
  readonly received: readonly string[];
  readonly timers: readonly Timer[];
  readonly queue: readonly QueueEntry[];
  readonly states: readonly StoredState[];
}

/** What is due at a moment. */
export interface Overdue {
  readonly entries: readonly OverdueEntries[];
  readonly timers: OverdueTimers;
}

/** What operations do, by one array for each kind of thing, all of which are copied for each change. */
export class PlainOperations {
  kept: Kept = { rows: [], checkpoints: [], parked: [], received: [], timers: [], queue: [], states: [] };

  /** Applies all of them, or throws and applies none. */
  apply(operations: readonly Operation[]): void {
    refuseOverlaps(operations);
    this.kept = operations.reduce(applied, this.kept);
  }

  lay(checkpoints: readonly Omit<Checkpoint, "generation">[]): void {
    const laid = checkpoints.map((each) => ({ ...each, generation: 0 }));
    this.kept = { ...this.kept, checkpoints: laid };
  }

  raiseGeneration(bucket: number): Checkpoint | undefined {
    const checkpoints = this.kept.checkpoints.map((each) =>
      each.bucket === bucket ? { ...each, generation: each.generation + 1 } : each,
    );
    this.kept = { ...this.kept, checkpoints };
    return checkpoints.find((each) => each.bucket === bucket);
  }

  due({ now = 0, limit, part }: DueTimersQuery): readonly Timer[] {
    const isInPart = ({ owner }: Timer) => part === undefined || bucketOf(owner, 65_536) % part.of === part.index;
    return this.kept.timers
      .filter((each) => each.dueAt <= now && isInPart(each))
      .sort((a, b) => a.dueAt - b.dueAt || byOwner(a, b))
      .slice(0, limit);
  }

  untilTimer(now: number): number | undefined {
    const times = this.kept.timers.map(({ dueAt }) => dueAt);
    return times.length === 0 ? undefined : Math.max(0, Math.min(...times) - now);
  }

  listTimers({ prefix = "", after, limit }: TimersPage): readonly Timer[] {
    return this.kept.timers
      .filter(({ owner }) => owner.startsWith(prefix))
      .filter((each) => after === undefined || byOwner(after, each) < 0)
      .sort(byOwner)
      .slice(0, limit);
  }

  claim(claim: QueueClaim): readonly ClaimedEntry[] {
    return this.#changed(claimed(this.kept.queue, claim));
  }

  extend(extension: ClaimExtension): readonly string[] {
    return this.#changed(extended(this.kept.queue, extension));
  }

  release(worker: string, ids: readonly string[]): void {
    this.#changed([released(this.kept.queue, worker, ids), undefined]);
  }

  untilNext(lanes: readonly string[], now: number): number | undefined {
    return untilNext(this.kept.queue, lanes, now);
  }

  listEntries(page: QueuePage): readonly QueueEntry[] {
    return listed(this.kept.queue, page);
  }

  counts(): readonly QueueCount[] {
    return counted(this.kept.queue);
  }

  overdue(now: number): Overdue {
    const times = this.kept.timers.map(({ dueAt }) => dueAt).filter((dueAt) => dueAt <= now);
    const timers = { timers: times.length, ...(times.length > 0 && { since: Math.min(...times) }) };
    return { entries: overdue(this.kept.queue, now), timers };
  }

  forgetFinished(): number {
    const left = withoutFinished(this.kept.queue);
    return this.#changed([left, this.kept.queue.length - left.length]);
  }

  listStates(category: string, { after, limit }: StreamPage): readonly StoredState[] {
    return this.kept.states
      .filter((each) => each.category === category && (after === undefined || each.stream > after))
      .sort(by(({ stream }) => stream))
      .slice(0, limit);
  }

  #changed<T>([queue, answer]: readonly [readonly QueueEntry[], T]): T {
    this.kept = { ...this.kept, queue };
    return answer;
  }
}

/** The same in an order that follows from what is in it. */
export function sortedKept({ rows, checkpoints, parked, received, timers, queue, states }: Kept): Kept {
  return {
    rows: rows.toSorted(by(([key]) => String(key))),
    checkpoints: checkpoints.toSorted((a, b) => a.bucket - b.bucket),
    parked: parked.toSorted(by(({ key, position }) => `${key}@${position}`)),
    received: received.toSorted(),
    timers: timers.toSorted(byOwner),
    queue: queue.toSorted(by(({ id }) => id)),
    states: states.toSorted(by(({ stream }) => stream)),
  };
}

function by<T>(text: (each: T) => string): (a: T, b: T) => number {
  return (a, b) => (text(a) < text(b) ? -1 : 1);
}

function applied(kept: Kept, operation: Operation): Kept {
  switch (operation.kind) {
    case "upsertRows": {
      const { rows } = operation;
      const others = kept.rows.filter(([key]) => rows.every(([other]) => other !== key));
      return { ...kept, rows: [...others, ...rows] };
    }
    case "deleteRows":
      return { ...kept, rows: kept.rows.filter(([key]) => !operation.keys.includes(String(key))) };
    case "runStatement":
      throw new Error("Histories run no statements");
    case "moveCheckpoint": {
      const found = kept.checkpoints.find(({ bucket }) => bucket === operation.bucket);
      refuseUnless(found?.position === operation.from && found.generation === operation.generation);
      const moved = kept.checkpoints.map((each) => (each === found ? { ...each, position: operation.to } : each));
      return { ...kept, checkpoints: moved };
    }
    case "replaceCheckpoints": {
      const { subscription, expected, checkpoints } = operation;
      const isExpected = (each: Checkpoint): boolean => expected.some((other) => isSameCheckpoint(each, other));
      refuseUnless(kept.checkpoints.length === expected.length && kept.checkpoints.every(isExpected));
      const generation = 1 + Math.max(-1, ...kept.checkpoints.map((each) => each.generation));
      return { ...kept, checkpoints: checkpoints.map((each) => ({ ...each, subscription, generation })) };
    }
    case "putParked": {
      const { parked, expected } = operation;
      const found = kept.parked.find((each) => isParked(each, parked));
      refuseUnless((found?.revision ?? null) === expected);
      const others = kept.parked.filter((each) => each !== found);
      return { ...kept, parked: [...others, { ...parked, revision: expected === null ? 0 : expected + 1 }] };
    }
    case "removeParked": {
      const found = kept.parked.find((each) => isParked(each, operation));
      refuseUnless(found?.revision === operation.expected);
      return { ...kept, parked: kept.parked.filter((each) => each !== found) };
    }
    case "receiveMessage":
      refuseUnless(!kept.received.includes(operation.id));
      return { ...kept, received: [...kept.received, operation.id] };
    case "setTimer": {
      const { timer, due } = operation;
      const others = kept.timers.filter((each) => !isTimer(each, timer));
      return { ...kept, timers: [...others, { ...timer, dueAt: "at" in due ? due.at : Number.NaN }] };
    }
    case "removeTimer": {
      const found = kept.timers.find((each) => isTimer(each, operation));
      const { expected } = operation;
      refuseUnless(expected === undefined || (found?.dueAt === expected.dueAt && found.data === expected.data));
      return { ...kept, timers: kept.timers.filter((each) => each !== found) };
    }
    case "enqueue":
      return { ...kept, queue: enqueued(kept.queue, operation) };
    case "settleEntry":
      return { ...kept, queue: settled(kept.queue, operation) };
    case "putState":
      return {
        ...kept,
        states: [...without(operation.state.stream, operation.expectedVersion, kept), operation.state],
      };
    case "deleteState":
      return { ...kept, states: without(operation.stream, operation.expectedVersion, kept) };
  }
}

/** The states but that of a stream, which has to be at a version. */
function without(stream: string, expected: number, { states }: Kept): readonly StoredState[] {
  const actual = states.find((each) => each.stream === stream)?.version ?? -1;
  if (actual !== expected) throw new ExpectedVersionError({ stream, expected, actual });
  return states.filter((each) => each.stream !== stream);
}

function isSameCheckpoint(a: Checkpoint, b: Omit<Checkpoint, "subscription">): boolean {
  return a.bucket === b.bucket && a.position === b.position && a.generation === b.generation;
}

function isParked(a: ParkedKey, b: Pick<ParkedKey, "key" | "position">): boolean {
  return a.key === b.key && a.position === b.position;
}

function byOwner(a: Pick<Timer, "owner" | "name">, b: Pick<Timer, "owner" | "name">): number {
  if (a.owner !== b.owner) return a.owner < b.owner ? -1 : 1;
  return a.name === b.name ? 0 : a.name < b.name ? -1 : 1;
}

function isTimer(a: Pick<Timer, "owner" | "name">, b: Pick<Timer, "owner" | "name">): boolean {
  return a.owner === b.owner && a.name === b.name;
}

function refuseUnless(isAsExpected: boolean): void {
  if (!isAsExpected) throw new OperationConflictError({ subject: "it", expected: "something", actual: "another" });
}
