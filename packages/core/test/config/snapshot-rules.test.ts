import { loadConfig } from "../../src/config/load-config";
import { faultsOf, folderWith, removeFolders } from "./folders";

afterEach(removeFolders);

const load = (text: string) => loadConfig({ root: folderWith({ "domain.toml": text }), env: {} });

describe("the rules of [snapshots]", () => {
  it("are read for the domain and for one aggregate, in milliseconds", () => {
    const { snapshots, snapshotThreshold } = load(`
[snapshots]
every = 100
interval = "1h"
after_events = ["OrderSubmitted"]
replay_ms = 2.5
match = "all"
min_events = 20

[snapshots.aggregates.Account]
interval = "2d"
min_events = 0
`);
    expect(snapshotThreshold).toBe(0);
    expect(snapshots.minEvents).toBe(20);
    expect(snapshots.rules).toEqual({
      every: 100,
      intervalMs: 3_600_000,
      afterEvents: ["OrderSubmitted"],
      replayMs: 2.5,
      match: "all",
    });
    expect(snapshots.aggregates.get("Account")).toEqual({
      minEvents: 0,
      rules: { intervalMs: 172_800_000, match: "any" },
    });
  });

  it("stand beside a threshold that is written, and replace the default one", () => {
    expect(load('snapshot_threshold = 50\n[snapshots]\ninterval = "1h"').snapshotThreshold).toBe(50);
    expect(load('[snapshots]\ninterval = "1h"').snapshotThreshold).toBe(0);
    expect(load('[snapshots]\nmode = "background"\nmatch = "all"').snapshotThreshold).toBe(100);
  });

  it.each([
    [
      '[snapshots]\ninterval = "1w"',
      'domain.toml:2: snapshots.interval must be a duration such as "30s", "15m", "1h" or "2d", found "1w"',
    ],
    [
      "[snapshots]\ninterval = 3600",
      'domain.toml:2: snapshots.interval must be a duration such as "30s", "15m", "1h" or "2d", found 3600',
    ],
    ["[snapshots]\nevery = 0", "domain.toml:2: snapshots.every must be a whole number of at least 1, found 0"],
    ["[snapshots]\nreplay_ms = 0", "domain.toml:2: snapshots.replay_ms must be more than 0, found 0"],
    [
      "[snapshots]\nafter_events = []",
      "domain.toml:2: snapshots.after_events must name at least one event, found an array",
    ],
    [
      '[snapshots]\nmatch = "al"',
      'domain.toml:2: snapshots.match must be "any" or "all", found "al"; did you mean "all"?',
    ],
    [
      "[snapshots.aggregates.Account]\nmin_event = 1",
      'domain.toml:2: snapshots.aggregates.Account.min_event is not a setting; did you mean "min_events"?',
    ],
  ])("%j are at fault", (text, fault) => {
    const root = folderWith({ "domain.toml": text });
    expect(faultsOf(() => loadConfig({ root, env: {} }), root)).toEqual([fault]);
  });
});
