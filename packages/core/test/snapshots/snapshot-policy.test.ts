import { loadConfig } from "../../src/config/load-config";
import { type ConfigInput, DomainEvent, every } from "../../src/index";
import { snapshotPolicy } from "../../src/snapshots/snapshot-policy";
import type { SnapshotOptions } from "../../src/snapshots/strategies/snapshot-options";
import { context } from "./strategies/context";

class Submitted extends DomainEvent({}) {}

function policy(config: ConfigInput, decorator?: SnapshotOptions) {
  const domain = loadConfig({ root: "/", overrides: config, env: {} });
  const operator = domain.snapshots.aggregates.get("Account");
  return snapshotPolicy({ operator, decorator, domain, events: new Map([["Submitted", Submitted]]) });
}

/** From how many events on a snapshot is due, of 1 to 200. */
function dueFrom(config: ConfigInput, decorator?: SnapshotOptions): number | undefined {
  const { when } = policy(config, decorator);
  const counts = Array.from({ length: 200 }, (_, index) => index + 1);
  return counts.find((eventsSince) => when?.(context({ eventsSince, version: 1_000, msSince: 0 })));
}

const account = (settings: object): ConfigInput => ({
  snapshot_threshold: 50,
  snapshots: { aggregates: { Account: settings } },
});

describe("a snapshot policy", () => {
  it("obeys the operator's table over the decorator, and the decorator over the domain", () => {
    expect(dueFrom({})).toBe(100);
    expect(dueFrom({ snapshot_threshold: 50 })).toBe(50);
    expect(dueFrom({ snapshot_threshold: 50 }, { threshold: 30 })).toBe(30);
    expect(dueFrom({ snapshot_threshold: 50 }, { threshold: 30, when: every(20) })).toBe(20);
    expect(dueFrom(account({ threshold: 10 }), { when: every(20) })).toBe(10);
    expect(dueFrom(account({ every: 15 }), { when: every(20) })).toBe(15);
    expect(dueFrom(account({ keep: 2 }), { when: every(20) })).toBe(20);
    expect(dueFrom(account({ mode: "manual" }), { when: every(20) })).toBeUndefined();
  });

  it("holds back an aggregate's first snapshot until it has min_events, and no later one", () => {
    const due = (min_events: number) => policy({ snapshot_threshold: 1, snapshots: { min_events } }).when;
    expect(due(10)?.(context({ version: 8, eventsSince: 9 }))).toBe(false);
    expect(due(10)?.(context({ version: 9, eventsSince: 10 }))).toBe(true);
    expect(due(10)?.(context({ version: 8, eventsSince: 1 }))).toBe(true);
    expect(due(0)?.(context({ version: 0, eventsSince: 1 }))).toBe(true);
  });

  it("has no threshold where it is 0, and no default one beside other rules", () => {
    expect(dueFrom({ snapshot_threshold: 0 })).toBeUndefined();
    expect(dueFrom(account({ threshold: 0 }), { threshold: 5 })).toBeUndefined();
    expect(dueFrom({ snapshots: { interval: "1h" } })).toBeUndefined();
    expect(dueFrom({ snapshot_threshold: 70, snapshots: { interval: "1h" } })).toBe(70);
    expect(dueFrom({ snapshots: { every: 7, interval: "1h" } })).toBe(7);
  });

  it("joins the rules of a table by match", () => {
    const rules = { every: 10, interval: "1h", after_events: ["Submitted"], replay_ms: 50 };
    const saved = (changes: object) => context({ version: 99, eventsSince: 9, msSince: 0, ...changes });
    const all = { eventsSince: 10, msSince: 3_600_000, events: [new Submitted()] };
    const any = policy({ snapshots: rules }).when;
    expect(any?.(saved({}))).toBe(false);
    expect(any?.(saved({ eventsSince: 10 }))).toBe(true);
    expect(any?.(saved({ msSince: 3_600_000 }))).toBe(true);
    expect(any?.(saved({ events: [new Submitted()] }))).toBe(true);
    expect(any?.(saved({ occasion: "load", events: [], replayMs: 50 }))).toBe(true);
    const { replay_ms: _, ...onSave } = rules;
    const every = policy({ snapshots: { ...onSave, match: "all" } }).when;
    expect(every?.(saved(all))).toBe(true);
    for (const missing of [{ eventsSince: 9 }, { msSince: 1 }, { events: [] }])
      expect(every?.(saved({ ...all, ...missing }))).toBe(false);
  });

  it("writes no first snapshot before min_events, with the same precedence", () => {
    const first = (events: number, config: ConfigInput, decorator?: SnapshotOptions) =>
      policy(config, decorator).when?.(context({ version: events - 1, eventsSince: events }));
    const config = { snapshot_threshold: 1, snapshots: { min_events: 10 } };
    expect([first(9, config), first(10, config)]).toEqual([false, true]);
    expect([first(4, config, { minEvents: 5 }), first(5, config, { minEvents: 5 })]).toEqual([false, true]);
    const operator = { ...account({ min_events: 3 }), snapshot_threshold: 1 };
    expect([first(2, operator, { minEvents: 5 }), first(3, operator, { minEvents: 5 })]).toEqual([false, true]);
  });

  it("knows its threshold where there is one", () => {
    expect(policy({}).threshold).toBe(100);
    expect(policy({ snapshots: { every: 7, interval: "1h" } }).threshold).toBe(7);
    expect(policy({ snapshots: { every: 7, match: "all" }, snapshot_threshold: 20 }).threshold).toBe(20);
    expect(policy({ snapshots: { interval: "1h" } }).threshold).toBeUndefined();
    expect(policy({}, { when: () => true }).threshold).toBeUndefined();
  });
});
