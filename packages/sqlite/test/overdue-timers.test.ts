import { join } from "node:path";

import { overdueTimerConformance } from "@tidemark/testing/conformance";

import { bundleFixture, startFixture } from "./child-process";
import { sqliteStore } from "./driver-under-test";
import { temporaryFolder } from "./temporary-folder";

const isFull = process.env.TIDEMARK_TEST === "full";

overdueTimerConformance({
  name: "the SQLite event store",
  servers: 2,
  timers: isFull ? 10_000 : 1_000,
  ...(isFull && { report: (line: string) => process.stdout.write(`  SQLite: ${line}\n`) }),
  open: async () => {
    const path = join(temporaryFolder(), "reminders.db");
    const bundle = bundleFixture("serve-reminders");
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
