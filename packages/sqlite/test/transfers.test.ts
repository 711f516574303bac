import { join } from "node:path";

import { transferConformance } from "@tidemark/testing/conformance";

import { bundleFixture, startFixture } from "./child-process";
import { sqliteStore } from "./driver-under-test";
import { temporaryFolder } from "./temporary-folder";

const isFull = process.env.TIDEMARK_TEST === "full";

transferConformance({
  name: "the SQLite event store",
  servers: 2,
  transfers: isFull ? 2_000 : 150,
  ...(isFull && { report: (line: string) => process.stdout.write(`  SQLite: ${line}\n`) }),
  open: async () => {
    const path = join(temporaryFolder(), "transfers.db");
    const bundle = bundleFixture("serve-transfers");
    return {
      serve: () => startFixture(bundle, [path]).child,
      reopen: async () => {
        const store = sqliteStore({ path });
        await store.open();
        return store;
      },
      dispose: async () => undefined,
    };
  },
});
