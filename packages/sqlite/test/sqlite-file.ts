import { join } from "node:path";
import type { EventStoreConformance } from "@tidemark/testing/conformance";

import type { SqliteEventStore } from "../src";
import { inFile, sqliteStore } from "./driver-under-test";
import { temporaryFolder } from "./temporary-folder";

let newest = "";

/** What every suite of conformance is given: for each test a file of its own. */
export const sqliteFile: EventStoreConformance = {
  name: "the SQLite event store",
  abilities: { durable: true, sharedByProcesses: true, detectsDamage: true },
  open: async () => {
    const path = join(temporaryFolder(), "store.db");
    newest = path;
    const opened: SqliteEventStore[] = [];
    const open = async () => {
      const adapter = sqliteStore({ path, synchronous: "normal" });
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
      another: open,
      dispose: close,
    };
  },
  damage: async (_adapter, { stream, position }) => {
    const change = `UPDATE event_log SET data = replace(data, '{', '{ ')
      WHERE stream_id = (SELECT id FROM event_streams WHERE name = ?) AND position = ?`;
    inFile(newest, (database) => database.prepare(change).run(stream, position));
  },
};
