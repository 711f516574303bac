import { join } from "node:path";

import { bundleFixture, startFixture } from "./child-process";
import { sqliteStore } from "./driver-under-test";
import { temporaryFolder } from "./temporary-folder";

/** Returns what opens a file for programs that are killed while they work with it. @param fixture the program. */
export function storeToKill(fixture: string) {
  return async () => {
    const path = join(temporaryFolder(), "killed.db");
    const bundle = bundleFixture(fixture);
    return {
      start: (...options: string[]) => startFixture(bundle, [path, ...options]).child,
      reopen: async () => {
        const store = sqliteStore({ path });
        await store.open();
        return store;
      },
      dispose: async () => undefined,
    };
  };
}
