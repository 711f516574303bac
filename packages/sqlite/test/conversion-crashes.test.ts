import { join } from "node:path";

import { conversionCrashConformance } from "@tidemark/testing/conformance";
import { bundleFixture, startFixture } from "./child-process";
import { sqliteStore } from "./driver-under-test";
import { temporaryFolder } from "./temporary-folder";

conversionCrashConformance({
  name: "the SQLite event store",
  open: async () => {
    const path = join(temporaryFolder(), "killed.db");
    const bundle = bundleFixture("convert-until-killed");
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
