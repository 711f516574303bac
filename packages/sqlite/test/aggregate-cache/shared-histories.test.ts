import { join } from "node:path";

import { cachesAreNotNoticed } from "../../../core/test/aggregate-cache/shared-histories";
import { sqliteStore } from "../driver-under-test";
import { temporaryFolder } from "../temporary-folder";

it("applications that share a store are answered as if they had no cache, on an SQLite file", async () => {
  const folder = temporaryFolder();
  let stores = 0;
  await cachesAreNotNoticed(() => {
    const path = join(folder, `${++stores}.db`);
    return { open: () => sqliteStore({ path, synchronous: "normal" }), dispose: async () => undefined };
  }, 30);
});
