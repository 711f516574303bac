import type { DomainEventRoot } from "./domain-event";

/**
 * The state of an aggregate instance and the facts about it. The repository reads and changes them; user code sees the fields, `id`,
 * `version` and `isTemporal`.
 */
export interface AggregateLife {
  readonly id: string;
  /** The values of the fields, in the order of the shape's keys. */
  state: unknown[];
  /** The position of the last folded event, saved or not; -1 without events. */
  version: number;
  /** The raised events that are not saved yet, oldest first. */
  pending: DomainEventRoot[];
  /** The ids of the pending events. The first attempt to save sets them, so that a retry repeats the same append. */
  pendingIds: string[];
  /** The id of the last saved event; empty for a new aggregate. */
  lastEventId: string;
  /** The version of the usable snapshot that the aggregate was loaded from or last written to; -1 without one. */
  snapshotVersion: number;
  /** The time at which that snapshot was written, in milliseconds since 1970. */
  snapshotTime: number;
  /** True for an aggregate that was loaded as of an earlier version or time: it is read-only. */
  readonly isTemporal: boolean;
  /** True while one of its `@apply` methods runs, and while it is constructed: its fields can be assigned. */
  isFolding: boolean;
  /** The error of a refused change. An aggregate that refused a change can no longer be saved. */
  refusal: unknown;
  /** True where ordinary methods assign the fields: the aggregate is stored as its state. Then `version` counts its saves, from 0. */
  isOpen: boolean;
  /** The row of the aggregate as it is stored; undefined where it has none. */
  row: readonly (string | number | boolean | null)[] | undefined;
  /** True once a field of an open aggregate was assigned since it was made, loaded or saved. */
  isTouched: boolean;
  /** How far a change of an open aggregate has come: what its next assignment or event needs to be checked before. */
  change: OpenChange;
}

/**
 * - `none`: its state was checked when it was stored or added, so that its pre invariants have to hold before the next change.
 * - `raised`: it has raised an event since then. Fields that are assigned now belong to the same change.
 * - `assigned`: its fields were assigned since then, or it is new. The state is checked when it is added.
 * - `checking`: its invariants run.
 * - `refused`: the check at `add` has failed. A further assignment may mend the state.
 */
type OpenChange = "none" | "raised" | "assigned" | "checking" | "refused";

export function newLife(id: string, isTemporal = false): AggregateLife {
  return {
    id,
    state: [],
    version: -1,
    pending: [],
    pendingIds: [],
    lastEventId: "",
    snapshotVersion: -1,
    snapshotTime: Number.NEGATIVE_INFINITY,
    isTemporal,
    isFolding: false,
    refusal: undefined,
    isOpen: false,
    row: undefined,
    isTouched: false,
    change: "assigned",
  };
}

/** One count for all aggregates: folding is synchronous. */
let foldsUnderWay = 0;

/** True for a caller inside of an `@apply` method. */
export function isFolding(): boolean {
  return foldsUnderWay > 0;
}

/** Marks the time of a fold, in which `raise` refuses events: every replay would raise them again. */
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

/** Returns the version of the stream as the instance knows it: the expected version of its next append. */
export function savedVersion(life: AggregateLife): number {
  return life.isOpen ? life.version : life.version - life.pending.length;
}
