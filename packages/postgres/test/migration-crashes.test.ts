import { PostgresEventStore } from "@tidemark/postgres";
import { migrationCrashConformance } from "@tidemark/testing/conformance";

import { bundledFixture } from "./bundled-fixture";
import { FreshDatabase } from "./server/fresh-database";

const start = bundledFixture("migrate-until-killed");

migrationCrashConformance({
  name: "the PostgreSQL event store",
  open: async () => {
    const database = await FreshDatabase.create();
    return {
      start: (moment) => start(database.url, moment),
      reopen: async () => {
        const store = new PostgresEventStore({ url: database.url });
        await store.open();
        return store;
      },
      dispose: () => database.drop(),
    };
  },
});
