import { join } from "node:path";

import { unitCrashConformance } from "@tidemark/testing/conformance";
import { bundleFixture, startFixture } from "./child-process";
import { sqliteStore } from "./driver-under-test";
import { temporaryFolder } from "./temporary-folder";

unitCrashConformance({
  name: "the SQLite event store",
  kills: process.env.TIDEMARK_TEST === "full" ? 100 : 10,
  open: async () => {
    const path = join(temporaryFolder(), "killed-purchases.db");
    const bundle = bundleFixture("purchase-until-killed");
    return {
      start: () => startFixture(bundle, [path]).child,
      reopen: async () => {
        const store = sqliteStore({ path });
        await store.open();
        return store;
      },
      dispose: async () => undefined,
    };
  },
});
