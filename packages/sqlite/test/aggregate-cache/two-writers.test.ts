import { join } from "node:path";

import { twoWritersAddUp } from "../../../core/test/aggregate-cache/two-writers";
import { sqliteStore } from "../driver-under-test";
import { temporaryFolder } from "../temporary-folder";

it("two processes with cached aggregates add up on one SQLite file", async () => {
  const path = join(temporaryFolder(), "shared.db");
  const store = sqliteStore({ path, synchronous: "normal" });
  await twoWritersAddUp(store, join(__dirname, "../fixtures/write-shared-accounts.ts"), path);
});
