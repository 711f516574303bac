import type { DomainEventRoot } from "./domain-event";

/**
 * What an aggregate instance knows of itself besides its state. The repository reads and moves it; user code
 * sees `id`, `version` and `isTemporal`.
 */
export interface AggregateLife {
  readonly id: string;
  /** Position of the last event folded, unsaved ones included; -1 for none. */
  version: number;
  /** Events raised and not saved yet, oldest first. */
  pending: DomainEventRoot[];
  /** Their ids, given at the first attempt to save and kept for the next, so that a retry repeats the same append. */
  pendingIds: string[];
  /** Id of the last saved event; empty for a new aggregate. */
  lastEventId: string;
  /** Version of the usable snapshot it came from or was last written to; -1 for none. */
  snapshotVersion: number;
  /** When that snapshot was written, in milliseconds since 1970. */
  snapshotTime: number;
  /** Loaded as of an earlier version or time, and so read-only. */
  readonly isTemporal: boolean;
  /** Whether an `@apply` method of it is running. */
  isFolding: boolean;
  /** Why a change was refused; an aggregate that refused one can no longer be saved. */
  refusal: unknown;
}

export function newLife(id: string, isTemporal = false): AggregateLife {
  return {
    id,
    version: -1,
    pending: [],
    pendingIds: [],
    lastEventId: "",
    snapshotVersion: -1,
    snapshotTime: Number.NEGATIVE_INFINITY,
    isTemporal,
    isFolding: false,
    refusal: undefined,
  };
}

/** Folding never waits, so that one count serves all aggregates. */
let foldsUnderWay = 0;

/** Whether the code that asks runs inside of an `@apply` method. */
export function isFolding(): boolean {
  return foldsUnderWay > 0;
}

/** An event raised by an `@apply` method would be raised again by every replay, so that `raise` refuses it. */
export function whileFolding(life: AggregateLife, body: () => void): void {
  life.isFolding = true;
  foldsUnderWay++;
  try {
    body();
  } finally {
    foldsUnderWay--;
    life.isFolding = false;
  }
}

/** The stream's version as this instance knows it: what it expects to append after. */
export function savedVersion(life: AggregateLife): number {
  return life.version - life.pending.length;
}
