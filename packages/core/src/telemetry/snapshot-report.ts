import { metrics } from "@opentelemetry/api";

import type { SnapshotMiss } from "../snapshots/snapshot-usability";
import type { LoadCounts } from "../snapshots/upkeep/snapshot-statistics";
import { reasonOf } from "../wording/in-words";
import type { Logger } from "./logger";
import { ATTRIBUTES, INSTRUMENTATION, METRICS } from "./names";

/** Counts the uses of one aggregate class's snapshots, for OpenTelemetry and for this process, and logs what went wrong. */
export class SnapshotReport {
  #hits = 0;
  readonly #misses = new Map<SnapshotMiss, number>();
  #failedWrites = 0;
  readonly #instruments = instruments();
  readonly #attributes;

  constructor(
    private readonly aggregate: string,
    private readonly logger: Logger,
  ) {
    this.#attributes = { [ATTRIBUTES.aggregate]: aggregate };
  }

  /** A load started from a snapshot. */
  hit(): void {
    this.#hits++;
    this.#instruments.hits.add(1, this.#attributes);
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

  /** A load folded so many events in this time, reading them included. */
  replayed(events: number, ms: number): void {
    this.#instruments.replayEvents.record(events, this.#attributes);
    this.#instruments.replayDuration.record(ms / 1_000, this.#attributes);
  }

  written(bytes: number, ms: number): void {
    this.#instruments.writeSize.record(bytes, this.#attributes);
    this.#instruments.writeDuration.record(ms / 1_000, this.#attributes);
  }

  /** An automatic snapshot was not written; the save or load it came with is not affected. */
  writeFailed(id: string, error: unknown): void {
    this.#failedWrites++;
    this.#instruments.failedWrites.add(1, this.#attributes);
    this.logger.warn(`Snapshot of ${this.aggregate} ${JSON.stringify(id)} not written: ${reasonOf(error)}`, { error });
  }

  /** Counts since the domain was initialised. */
  get counts(): LoadCounts {
    return { hits: this.#hits, misses: this.#misses, failedWrites: this.#failedWrites };
  }

  #count(reason: SnapshotMiss): void {
    this.#misses.set(reason, (this.#misses.get(reason) ?? 0) + 1);
    this.#instruments.misses.add(1, { [ATTRIBUTES.reason]: reason, ...this.#attributes });
  }
}

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const EVENTS = [0, 1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 100_000, 1_000_000];
const BYTES = [256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];

/** The instruments of the SDK that is registered when the domain starts; without one they do nothing. */
function instruments() {
  const meter = metrics.getMeter(INSTRUMENTATION);
  const histogram = (name: string, unit: string, explicitBucketBoundaries: number[], description: string) =>
    meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries } });
  return {
    hits: meter.createCounter(METRICS.hits, { description: "Loads that started from a snapshot" }),
    misses: meter.createCounter(METRICS.misses, { description: "Snapshots that were not used, by reason" }),
    failedWrites: meter.createCounter(METRICS.failedWrites, {
      description: "Automatic snapshots that were not written",
    }),
    replayEvents: histogram(METRICS.replayEvents, "{event}", EVENTS, "Events that a load folded"),
    replayDuration: histogram(METRICS.replayDuration, "s", SECONDS, "Time that a load took, reading included"),
    writeSize: histogram(METRICS.writeSize, "By", BYTES, "Bytes of a snapshot's state as it is stored"),
    writeDuration: histogram(METRICS.writeDuration, "s", SECONDS, "Time that writing a snapshot took"),
  };
}
