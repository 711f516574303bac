import { setTimeout as sleep } from "node:timers/promises";

import type { EventStoreProvider } from "@tidemark/core/adapter";
import { SqliteEventStore, provider as sqlite } from "@tidemark/sqlite";

export const WRITE_MS = 100;

/** An SQLite file, except that a snapshot takes its time to be written. */
export const provider: EventStoreProvider<typeof sqlite.settings> = {
  settings: sqlite.settings,
  create: ({ path }) => {
    const store = new SqliteEventStore({ path });
    const write = store.snapshots.write.bind(store.snapshots);
    store.snapshots.write = async (writes) => {
      await sleep(WRITE_MS);
      await write(writes);
    };
    return store;
  },
};
