import { PostgresEventStore } from "@tidemark/postgres";

import { bundledFixture } from "./bundled-fixture";
import { FreshDatabase } from "./server/fresh-database";

/** Returns what opens a database for programs that are killed while they work with it. @param fixture the program. */
export function storeToKill(fixture: string) {
  const start = bundledFixture(fixture);
  return async () => {
    const database = await FreshDatabase.create();
    return {
      start: (...options: string[]) => start(database.url, ...options),
      reopen: async () => {
        const store = new PostgresEventStore({ url: database.url });
        await store.open();
        return store;
      },
      dispose: () => database.drop(),
    };
  };
}
