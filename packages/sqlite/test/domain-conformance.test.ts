import { join } from "node:path";
import {
  commandConformance,
  type EventStoreConformance,
  factConformance,
  snapshotConformance,
} from "@tidemark/testing";

import { SqliteEventStore } from "../src";
import { temporaryFolder } from "./temporary-folder";

const sqlite: EventStoreConformance = {
  name: "the SQLite event store",
  abilities: { durable: true, sharedByProcesses: true, detectsDamage: true },
  open: async () => {
    const path = join(temporaryFolder(), "store.db");
    const opened: SqliteEventStore[] = [];
    const open = async () => {
      const adapter = new SqliteEventStore({ path, synchronous: "normal" });
      await adapter.open();
      opened.push(adapter);
      return adapter;
    };
    const close = async () => {
      for (const adapter of opened.splice(0)) await adapter.close();
    };
    return {
      adapter: await open(),
      reopen: async () => {
        await close();
        return await open();
      },
      dispose: close,
    };
  },
};

snapshotConformance(sqlite);
factConformance(sqlite);
commandConformance(sqlite);
