import type { CheckedSettings } from "./config-schema";

type RuleSettings = Pick<
  NonNullable<CheckedSettings["snapshots"]>,
  "every" | "interval" | "after_events" | "replay_ms" | "match"
>;

/** When a snapshot is due, as the configuration says it: each key is one rule, joined by `match`. */
export interface SnapshotRules {
  readonly every?: number | undefined;
  readonly intervalMs?: number | undefined;
  /** Registered names of events. */
  readonly afterEvents?: readonly string[] | undefined;
  readonly replayMs?: number | undefined;
  readonly match: "any" | "all";
}

/** @returns undefined where the settings hold no rule. */
export function snapshotRules(settings: RuleSettings): SnapshotRules | undefined {
  const { every, interval: intervalMs, after_events: afterEvents, replay_ms: replayMs, match = "any" } = settings;
  const rules = [every, intervalMs, afterEvents, replayMs];
  if (rules.every((rule) => rule === undefined)) return undefined;
  return { every, intervalMs, afterEvents, replayMs, match };
}
