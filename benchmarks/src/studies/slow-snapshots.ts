import { setTimeout as sleep } from "node:timers/promises";

import type { EventStoreProvider, StoredSnapshot, WriteSnapshotOptions } from "@tidemark/core";
import { SqliteEventStore, provider as sqlite } from "@tidemark/sqlite";

export const WRITE_MS = 100;

/** An SQLite file, except that a snapshot takes its time to be written. */
class SlowSnapshots extends SqliteEventStore {
  override async writeSnapshot(snapshot: StoredSnapshot, options: WriteSnapshotOptions): Promise<void> {
    await sleep(WRITE_MS);
    await super.writeSnapshot(snapshot, options);
  }
}

export const provider: EventStoreProvider<typeof sqlite.settings> = {
  settings: sqlite.settings,
  create: ({ path }) => new SlowSnapshots({ path }),
};
