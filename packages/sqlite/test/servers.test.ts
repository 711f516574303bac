import { join } from "node:path";

import { serverConformance } from "@tidemark/testing/conformance";

import { bundleFixture, startFixture } from "./child-process";
import { sqliteStore } from "./driver-under-test";
import { temporaryFolder } from "./temporary-folder";

const isFull = process.env.TIDEMARK_TEST === "full";

serverConformance({
  name: "the SQLite event store",
  servers: 2,
  settledMs: isFull ? 5_000 : 500,
  ...(isFull && { report: (line: string) => process.stdout.write(`  SQLite: ${line}\n`) }),
  open: async () => {
    const path = join(temporaryFolder(), "served.db");
    const bundle = bundleFixture("server-or-writer");
    return {
      serve: () => startFixture(bundle, [path]).child,
      write: (tills) => startFixture(bundle, [path, String(tills)]).child,
      reopen: async () => {
        const store = sqliteStore({ path });
        await store.open();
        return store;
      },
      dispose: async () => undefined,
    };
  },
});
