import type { SnapshotMode, SnapshotOccasion, SnapshotOptions } from "./snapshot-options";
import { every, type SnapshotStrategy } from "./strategy";

/** When one aggregate class's snapshots are written, and how many are kept. */
export interface SnapshotPolicy {
  /** Decides on these occasions; undefined where nothing is automatic. */
  readonly when: SnapshotStrategy | undefined;
  readonly on: ReadonlySet<SnapshotOccasion>;
  readonly keep: number;
}

/** What a place in the configuration may say; what it leaves out is decided elsewhere. */
export interface SnapshotSettings {
  readonly threshold?: number | undefined;
  readonly mode?: SnapshotMode | undefined;
  readonly on?: readonly SnapshotOccasion[] | undefined;
  readonly keep?: number | undefined;
}

export interface SnapshotPolicySources {
  /** `[snapshots.aggregates.<Name>]`: the operator's word is the last. */
  readonly operator: SnapshotSettings | undefined;
  /** The class's decorator. */
  readonly decorator: SnapshotOptions | undefined;
  /** The domain-wide values, complete. */
  readonly domain: Required<{ readonly [K in keyof SnapshotSettings]: NonNullable<SnapshotSettings[K]> }>;
}

export function snapshotPolicy({ operator, decorator, domain }: SnapshotPolicySources): SnapshotPolicy {
  const mode = operator?.mode ?? decorator?.mode ?? domain.mode;
  return {
    when: mode === "manual" ? undefined : strategy(operator, decorator, domain.threshold),
    on: new Set(operator?.on ?? decorator?.on ?? domain.on),
    keep: operator?.keep ?? decorator?.keep ?? domain.keep,
  };
}

function strategy(
  operator: SnapshotSettings | undefined,
  decorator: SnapshotOptions | undefined,
  domainThreshold: number,
): SnapshotStrategy | undefined {
  if (operator?.threshold === undefined && decorator?.when !== undefined) return decorator.when;
  const threshold = operator?.threshold ?? decorator?.threshold ?? domainThreshold;
  return threshold === 0 ? undefined : every(threshold);
}
