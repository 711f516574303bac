import { join } from "node:path";
import { factConformance } from "@tidemark/testing";

import { SqliteEventStore } from "../src";
import { temporaryFolder } from "./temporary-folder";

factConformance({
  name: "the SQLite event store",
  abilities: { durable: true, sharedByProcesses: true, detectsDamage: true },
  open: async () => {
    const path = join(temporaryFolder(), "store.db");
    const open = async () => {
      const adapter = new SqliteEventStore({ path, synchronous: "normal" });
      await adapter.open();
      return adapter;
    };
    const adapter = await open();
    return { adapter, reopen: open, dispose: () => adapter.close() };
  },
});
