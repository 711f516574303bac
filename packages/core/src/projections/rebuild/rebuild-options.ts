/** What `domain.rebuildProjection` takes. */
export interface RebuildOptions {
  /** Ends the rebuild. What is done of it is kept: the next one goes on from there. */
  readonly signal?: AbortSignal;
  /** Told how far the rebuild is. */
  readonly onProgress?: (progress: RebuildProgress) => void;
  /** Folds the row with this key alone. */
  readonly id?: string;
  /**
   * Whether the rows of a `ProjectionOf` begin with the latest fact of each aggregate that records facts. True by default.
   * False folds all events: where the `@apply` methods that made the facts were wrong.
   */
  readonly facts?: boolean;
  /** Folds, compares with the present rows, and changes nothing. */
  readonly dryRun?: boolean;
}

/** How far a rebuild is. */
export interface RebuildProgress {
  readonly phase: RebuildPhase;
  /** How many events are folded. */
  readonly events: number;
  /** How many there were to fold when it began. */
  readonly total: number;
  /** How many rows were written, those included that were written again. */
  readonly rows: number;
}

/** What a rebuild is at: it folds events into the table, makes its indexes, and compares it (`dryRun`) or puts it in place. */
export type RebuildPhase = "folding" | "indexing" | "comparing" | "switching";

/** What a rebuild has done. */
export interface RebuildResult {
  /** How many rows the projection has now; of a dry run, how many it would have. */
  readonly rows: number;
  /** How many events were folded. */
  readonly events: number;
  readonly ms: number;
  /** What a rebuild would change: set for a dry run only. */
  readonly dryRun?: DryRun;
}

/** What a rebuild would change. */
export interface DryRun {
  /** How many rows would be others. */
  readonly changed: number;
  /** How many rows would be added. */
  readonly missing: number;
  /** How many rows would be removed. */
  readonly extra: number;
  /** Some of the changes: of ten rows at most. */
  readonly examples: readonly RebuildDifference[];
  /** How long a rebuild takes, in milliseconds: as long as the folding of this one. */
  readonly estimatedMs: number;
}

/** One place of a row that a rebuild would change. */
export interface RebuildDifference {
  readonly key: string;
  /** `balance`, `tags[2]`; an empty text for a whole row. */
  readonly path: string;
  /** What is stored now; undefined where there is nothing. */
  readonly stored: unknown;
  /** What the events say; undefined where they say nothing. */
  readonly rebuilt: unknown;
}
