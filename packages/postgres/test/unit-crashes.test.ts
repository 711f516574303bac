import { PostgresEventStore } from "@tidemark/postgres";
import { unitCrashConformance } from "@tidemark/testing/conformance";

import { bundledFixture } from "./bundled-fixture";
import { FreshDatabase } from "./server/fresh-database";

const start = bundledFixture("purchase-until-killed");

unitCrashConformance({
  name: "the PostgreSQL event store",
  kills: process.env.TIDEMARK_TEST === "full" ? 100 : 10,
  open: async () => {
    const database = await FreshDatabase.create();
    return {
      start: () => start(database.url),
      reopen: async () => {
        const store = new PostgresEventStore({ url: database.url });
        await store.open();
        return store;
      },
      dispose: () => database.drop(),
    };
  },
});
