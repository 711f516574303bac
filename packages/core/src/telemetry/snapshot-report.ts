import { type Counter, metrics } from "@opentelemetry/api";

import type { Logger } from "./logger";

/** Why a snapshot was not used. */
export type SnapshotMiss =
  /** There was none of a usable kind: a young aggregate, or an old schema. Counted, not warned of. */
  | "none"
  | "damaged"
  | "foreign"
  | "ahead"
  | "other-history"
  | "schema-version"
  | "fingerprint"
  | "migration"
  | "encoding"
  | "too-large"
  | "read-failed"
  | "read-timeout";

/** Counts what becomes of one aggregate class's snapshots, for OpenTelemetry and for this process, and logs what went wrong. */
export class SnapshotReport {
  #hits = 0;
  readonly #misses = new Map<SnapshotMiss, number>();
  #failedWrites = 0;
  readonly #counters = countersOf();

  constructor(
    private readonly aggregate: string,
    private readonly logger: Logger,
  ) {}

  /** A load began at a snapshot. */
  hit(): void {
    this.#hits++;
    this.#counters.hits.add(1, { aggregate: this.aggregate });
  }

  /** A snapshot could not be used; the load folds events instead. */
  miss(reason: SnapshotMiss, id: string, explanation: string): void {
    this.#count(reason);
    this.logger.warn(
      `Snapshot of ${this.aggregate} ${JSON.stringify(id)} not used: ${explanation}; its state comes from the events`,
      { reason },
    );
  }

  /** A load folds all events because no snapshot is there. */
  absent(): void {
    this.#count("none");
  }

  /** An automatic snapshot was not written; the save or load it came with is not affected. */
  writeFailed(id: string, error: unknown): void {
    this.#failedWrites++;
    this.#counters.failedWrites.add(1, { aggregate: this.aggregate });
    this.logger.warn(
      `Snapshot of ${this.aggregate} ${JSON.stringify(id)} not written: ${error instanceof Error ? error.message : String(error)}`,
      { error },
    );
  }

  /** Counts since the domain was initialised. */
  get counts(): {
    readonly hits: number;
    readonly misses: ReadonlyMap<SnapshotMiss, number>;
    readonly failedWrites: number;
  } {
    return { hits: this.#hits, misses: this.#misses, failedWrites: this.#failedWrites };
  }

  #count(reason: SnapshotMiss): void {
    this.#misses.set(reason, (this.#misses.get(reason) ?? 0) + 1);
    this.#counters.misses.add(1, { aggregate: this.aggregate, reason });
  }
}

function countersOf(): { hits: Counter; misses: Counter; failedWrites: Counter } {
  const meter = metrics.getMeter("@tidemark/core");
  return {
    hits: meter.createCounter("tidemark.snapshot.hits", { description: "Loads that began at a snapshot" }),
    misses: meter.createCounter("tidemark.snapshot.misses", {
      description: "Snapshots that could not be used, by reason",
    }),
    failedWrites: meter.createCounter("tidemark.snapshot.write_failures", {
      description: "Automatic snapshots that were not written",
    }),
  };
}
