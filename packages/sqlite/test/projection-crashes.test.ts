import { join } from "node:path";

import { projectionCrashConformance } from "@tidemark/testing/conformance";
import { bundleFixture, startFixture } from "./child-process";
import { sqliteStore } from "./driver-under-test";
import { temporaryFolder } from "./temporary-folder";

projectionCrashConformance({
  name: "the SQLite event store",
  kills: process.env.TIDEMARK_TEST === "full" ? 100 : 10,
  open: async () => {
    const path = join(temporaryFolder(), "killed.db");
    const bundle = bundleFixture("project-until-killed");
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
