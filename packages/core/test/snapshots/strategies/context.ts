import type { SnapshotContext } from "../../../src/index";

/** The second save of an account, one event after its snapshot at version 0 a second ago. */
export function context(changes: Partial<SnapshotContext> = {}): SnapshotContext {
  return {
    aggregateType: "Account",
    aggregateId: "1",
    occasion: "save",
    version: 1,
    eventsSince: 1,
    msSince: 1_000,
    events: [{}],
    replayed: 0,
    replayMs: 0,
    ...changes,
  };
}
