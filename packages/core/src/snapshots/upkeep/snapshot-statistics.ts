import type { SnapshotMiss } from "../snapshot-usability";
import type { SnapshotEntry } from "./snapshot-listing";

/** Figures about the snapshots of one aggregate class. */
export interface SnapshotStatistics {
  readonly count: number;
  /** As stored, compressed where they are. */
  readonly bytes: number;
  /** The ten largest, the largest first. */
  readonly largest: readonly Pick<SnapshotEntry, "id" | "version" | "bytes">[];
  /** By the newest usable snapshot of each aggregate; without one, by a snapshot before the first event. */
  readonly staleness: {
    readonly aggregates: number;
    readonly eventsSince: Spread;
    readonly ageMs: Spread;
  };
  /** The number of events that a snapshot is written after, where such a rule holds. */
  readonly threshold: number | undefined;
  /** Aggregates with snapshots whose newest usable one is more than two thresholds behind. */
  readonly overTwiceThreshold: number;
  /** How many there are of each schema version. */
  readonly schemaVersions: Readonly<Record<string, number>>;
  /** How many cannot be used, by reason. */
  readonly unusable: Readonly<Partial<Record<SnapshotMiss, number>>>;
  /** The loads of this process since the domain was initialised. */
  readonly loads: {
    readonly hits: number;
    /** Snapshots that were not used, by reason; `none` counts loads that found no snapshot of a usable kind. */
    readonly misses: Readonly<Partial<Record<SnapshotMiss, number>>>;
    /** Hits divided by hits and misses; undefined before the first load. */
    readonly hitRate: number | undefined;
  };
  /** Automatic snapshots that were not written, in this process. */
  readonly failedWrites: number;
}

/** The loads and automatic snapshots of this process, since the domain was initialised. */
export interface LoadCounts {
  readonly hits: number;
  readonly misses: ReadonlyMap<SnapshotMiss, number>;
  readonly failedWrites: number;
}

/** Both are 0 without any value. */
interface Spread {
  readonly mean: number;
  readonly max: number;
}

const LARGEST = 10;

/** @param entries the snapshots of one aggregate follow each other, the newest first. */
export async function snapshotStatistics(
  entries: AsyncIterable<SnapshotEntry>,
  loads: LoadCounts,
  { threshold, now }: { readonly threshold: number | undefined; readonly now: Date },
): Promise<SnapshotStatistics> {
  let [count, bytes, overTwiceThreshold] = [0, 0, 0];
  let largest: SnapshotEntry[] = [];
  const [eventsSince, ageMs] = [new Summary(), new Summary()];
  const schemaVersions: Record<string, number> = {};
  const unusable: Partial<Record<SnapshotMiss, number>> = {};

  const finish = (aggregate: readonly SnapshotEntry[]): void => {
    const [newest] = aggregate;
    if (newest === undefined) return;
    const usable = aggregate.find((entry) => entry.usable === true);
    const since = usable?.eventsSince ?? newest.currentVersion + 1;
    eventsSince.add(since);
    ageMs.add(Math.max(now.getTime() - (usable ?? newest).createdAt.getTime(), 0));
    if (threshold !== undefined && since > 2 * threshold) overTwiceThreshold++;
  };

  let aggregate: SnapshotEntry[] = [];
  for await (const entry of entries) {
    count++;
    bytes += entry.bytes;
    schemaVersions[entry.schemaVersion] = (schemaVersions[entry.schemaVersion] ?? 0) + 1;
    if (entry.usable !== true) unusable[entry.usable] = (unusable[entry.usable] ?? 0) + 1;
    largest = [...largest, entry].sort((a, b) => b.bytes - a.bytes).slice(0, LARGEST);
    if (aggregate[0] !== undefined && aggregate[0].id !== entry.id) {
      finish(aggregate);
      aggregate = [];
    }
    aggregate.push(entry);
  }
  finish(aggregate);

  const { hits, misses, failedWrites } = loads;
  const missed = [...misses.values()].reduce((sum, each) => sum + each, 0);
  return {
    count,
    bytes,
    largest: largest.map(({ id, version, bytes }) => ({ id, version, bytes })),
    staleness: { aggregates: eventsSince.count, eventsSince: eventsSince.spread, ageMs: ageMs.spread },
    threshold,
    overTwiceThreshold,
    schemaVersions,
    unusable,
    loads: {
      hits,
      misses: Object.fromEntries(misses),
      hitRate: hits + missed === 0 ? undefined : hits / (hits + missed),
    },
    failedWrites,
  };
}

class Summary {
  count = 0;
  private sum = 0;
  private max = 0;

  add(value: number): void {
    this.count++;
    this.sum += value;
    this.max = Math.max(this.max, value);
  }

  get spread(): Spread {
    return { mean: this.count === 0 ? 0 : this.sum / this.count, max: this.max };
  }
}
