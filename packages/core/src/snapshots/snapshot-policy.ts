import type { AggregateSnapshotConfig, DomainConfig, SnapshotOccasion } from "../config/domain-config";
import type { SnapshotRules } from "../config/snapshot-rules";
import type { Class } from "../metadata/class-types";
import { afterEvents } from "./strategies/after-events";
import { allOf, anyOf } from "./strategies/any-of-all-of";
import { every } from "./strategies/every";
import { interval } from "./strategies/interval";
import type { SnapshotOptions } from "./strategies/snapshot-options";
import { isDue, type SnapshotStrategy } from "./strategies/strategy";
import { whenReplayTakes } from "./strategies/when-replay-takes";

/** When one aggregate class's snapshots are written, and how many are kept. */
export interface SnapshotPolicy {
  /** Decides on the occasions of `on`; undefined where nothing is automatic. */
  readonly when: SnapshotStrategy | undefined;
  /** The number of events that the strategy waits for, where it waits for a number. */
  readonly threshold: number | undefined;
  readonly on: ReadonlySet<SnapshotOccasion>;
  /** Snapshots are written on demand only, migrated ones included. */
  readonly isManual: boolean;
  /** The caller does not wait for the write. */
  readonly inBackground: boolean;
  readonly keep: number;
  /** States of more bytes are compressed; 0 for never. */
  readonly compressAbove: number;
  /** States of more bytes are neither written nor read. */
  readonly maxStateBytes: number;
}

interface SnapshotPolicySources {
  /** `[snapshots.aggregates.<Name>]`, which wins over the others. */
  readonly operator: AggregateSnapshotConfig | undefined;
  /** The class's decorator. */
  readonly decorator: SnapshotOptions | undefined;
  /** The domain-wide values. */
  readonly domain: Pick<DomainConfig, "snapshotThreshold" | "snapshots">;
  /** The domain's event classes, by the names that rules call them. */
  readonly events: ReadonlyMap<string, Class>;
}

export function snapshotPolicy(sources: SnapshotPolicySources): SnapshotPolicy {
  const { operator, decorator, domain } = sources;
  const { snapshots } = domain;
  const mode = operator?.mode ?? decorator?.mode ?? snapshots.mode;
  const minEvents = operator?.minEvents ?? decorator?.minEvents ?? snapshots.minEvents;
  const { strategy, threshold } = ruleOf(sources);
  return {
    when: mode === "manual" || strategy === undefined ? undefined : noEarlierThan(minEvents, strategy),
    threshold,
    on: new Set(operator?.on ?? decorator?.on ?? snapshots.on),
    isManual: mode === "manual",
    inBackground: mode === "background",
    keep: operator?.keep ?? decorator?.keep ?? snapshots.keep,
    compressAbove: snapshots.compressAbove,
    maxStateBytes: snapshots.maxStateBytes,
  };
}

/** Holds the strategy back from the first snapshot of an aggregate that has fewer events than this. */
function noEarlierThan(minEvents: number, strategy: SnapshotStrategy): SnapshotStrategy {
  return (context) => {
    const isFirst = context.eventsSince > context.version;
    return (!isFirst || context.eventsSince >= minEvents) && isDue(strategy, context);
  };
}

interface Rule {
  readonly strategy: SnapshotStrategy | undefined;
  readonly threshold: number | undefined;
}

/** The strongest source that has a rule decides alone. */
function ruleOf({ operator, decorator, domain, events }: SnapshotPolicySources): Rule {
  if (operator?.threshold !== undefined || operator?.rules !== undefined)
    return ruleOfSettings(operator.threshold, operator.rules, events);
  if (decorator?.when !== undefined) return { strategy: decorator.when, threshold: undefined };
  if (decorator?.threshold !== undefined) return ruleOfSettings(decorator.threshold, undefined, events);
  return ruleOfSettings(domain.snapshotThreshold, domain.snapshots.rules, events);
}

function ruleOfSettings(
  threshold: number | undefined,
  rules: SnapshotRules | undefined,
  events: ReadonlyMap<string, Class>,
): Rule {
  const counts = [threshold, rules?.every].filter((count) => count !== undefined && count > 0) as number[];
  const strategies = counts.map(every);
  if (rules?.intervalMs !== undefined) strategies.push(interval({ seconds: rules.intervalMs / 1_000 }));
  if (rules?.afterEvents !== undefined) strategies.push(afterEvents(...classesOf(rules.afterEvents, events)));
  if (rules?.replayMs !== undefined) strategies.push(whenReplayTakes(rules.replayMs));
  const [first, ...others] = strategies;
  if (first === undefined) return { strategy: undefined, threshold: undefined };
  const matchesAll = rules?.match === "all";
  const strategy = matchesAll ? allOf(first, ...others) : anyOf(first, ...others);
  if (counts.length === 0) return { strategy, threshold: undefined };
  return { strategy, threshold: matchesAll ? Math.max(...counts) : Math.min(...counts) };
}

function classesOf(names: readonly string[], events: ReadonlyMap<string, Class>): [Class, ...Class[]] {
  return names.map((name) => events.get(name) as Class) as [Class, ...Class[]];
}
