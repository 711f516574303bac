import type { AggregateSnapshotConfig, DomainConfig, SnapshotOccasion } from "../config/domain-config";
import type { SnapshotOptions } from "./snapshot-options";
import { every, type SnapshotStrategy } from "./strategy";

/** When one aggregate class's snapshots are written, and how many are kept. */
export interface SnapshotPolicy {
  /** Decides on these occasions; undefined where nothing is automatic. */
  readonly when: SnapshotStrategy | undefined;
  readonly on: ReadonlySet<SnapshotOccasion>;
  /** Written without holding the caller. */
  readonly inBackground: boolean;
  readonly keep: number;
  /** States of more bytes are compressed; 0 for never. */
  readonly compressAbove: number;
  /** States of more bytes are neither written nor read. */
  readonly maxStateBytes: number;
}

export interface SnapshotPolicySources {
  /** `[snapshots.aggregates.<Name>]`: the operator's word is the last. */
  readonly operator: AggregateSnapshotConfig | undefined;
  /** The class's decorator. */
  readonly decorator: SnapshotOptions | undefined;
  /** The domain-wide values. */
  readonly domain: Pick<DomainConfig, "snapshotThreshold" | "snapshots">;
}

export function snapshotPolicy({ operator, decorator, domain }: SnapshotPolicySources): SnapshotPolicy {
  const { snapshots, snapshotThreshold } = domain;
  const mode = operator?.mode ?? decorator?.mode ?? snapshots.mode;
  return {
    when: mode === "manual" ? undefined : strategy(operator, decorator, snapshotThreshold),
    on: new Set(operator?.on ?? decorator?.on ?? snapshots.on),
    inBackground: mode === "background",
    keep: operator?.keep ?? decorator?.keep ?? snapshots.keep,
    compressAbove: snapshots.compressAbove,
    maxStateBytes: snapshots.maxStateBytes,
  };
}

function strategy(
  operator: AggregateSnapshotConfig | undefined,
  decorator: SnapshotOptions | undefined,
  domainThreshold: number,
): SnapshotStrategy | undefined {
  if (operator?.threshold === undefined && decorator?.when !== undefined) return decorator.when;
  const threshold = operator?.threshold ?? decorator?.threshold ?? domainThreshold;
  return threshold === 0 ? undefined : every(threshold);
}
