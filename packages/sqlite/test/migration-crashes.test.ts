import { join } from "node:path";

import { migrationCrashConformance } from "@tidemark/testing/conformance";
import { bundleFixture, startFixture } from "./child-process";
import { sqliteStore } from "./driver-under-test";
import { temporaryFolder } from "./temporary-folder";

migrationCrashConformance({
  name: "the SQLite event store",
  open: async () => {
    const path = join(temporaryFolder(), "killed.db");
    const bundle = bundleFixture("migrate-until-killed");
    return {
      start: (moment) => startFixture(bundle, [path, moment]).child,
      reopen: async () => {
        const store = sqliteStore({ path });
        await store.open();
        return store;
      },
      dispose: async () => undefined,
    };
  },
});
