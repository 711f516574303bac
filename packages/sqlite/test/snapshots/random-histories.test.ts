import { join } from "node:path";

import { everyLoadEqualsTheReplay } from "../../../core/test/snapshots/random-histories";
import type { SqliteEventStore } from "../../src";
import { sqliteStore } from "../driver-under-test";
import { temporaryFolder } from "../temporary-folder";

it("every load equals the full replay, through restarts, migrations and corruptions, on an SQLite file", async () => {
  const folder = temporaryFolder();
  let stores = 0;
  const openStore = () => {
    const path = join(folder, `${++stores}.db`);
    const opened: SqliteEventStore[] = [];
    const open = () => {
      const store = sqliteStore({ path, synchronous: "normal" });
      opened.push(store);
      return store;
    };
    const dispose = async () => {
      for (const store of opened) await store.close();
    };
    return { open, dispose };
  };
  await everyLoadEqualsTheReplay(openStore, 60);
});
