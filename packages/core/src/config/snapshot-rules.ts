import type { CheckedSettings } from "./config-schema";

type RuleSettings = Pick<
  NonNullable<CheckedSettings["snapshots"]>,
  "every" | "interval" | "after_events" | "replay_ms" | "match"
>;

/** The rules by which a snapshot is due, from the configuration: each key is one rule, and `match` joins them. */
export interface SnapshotRules {
  readonly every?: number | undefined;
  readonly intervalMs?: number | undefined;
  /** The registered names of the events. */
  readonly afterEvents?: readonly string[] | undefined;
  readonly replayMs?: number | undefined;
  readonly match: "any" | "all";
}

/** Returns the rules of some settings; undefined where they hold none. */
export function snapshotRules(settings: RuleSettings): SnapshotRules | undefined {
  const { every, interval: intervalMs, after_events: afterEvents, replay_ms: replayMs, match = "any" } = settings;
  const rules = [every, intervalMs, afterEvents, replayMs];
  if (rules.every((rule) => rule === undefined)) return undefined;
  return { every, intervalMs, afterEvents, replayMs, match };
}
