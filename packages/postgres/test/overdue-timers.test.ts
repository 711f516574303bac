import { PostgresEventStore } from "@tidemark/postgres";
import { overdueTimerConformance } from "@tidemark/testing/conformance";

import { bundledFixture } from "./bundled-fixture";
import { FreshDatabase } from "./server/fresh-database";

const isFull = process.env.TIDEMARK_TEST === "full";
const start = bundledFixture("serve-reminders");

overdueTimerConformance({
  name: "the PostgreSQL event store",
  ...(isFull && {
    timers: 20_000,
    report: (line: string) => process.stdout.write(`  PostgreSQL: ${line}\n`),
  }),
  open: async () => {
    const database = await FreshDatabase.create();
    return {
      serve: () => start(database.url),
      reopen: async () => {
        const store = new PostgresEventStore({ url: database.url });
        await store.open();
        return store;
      },
      dispose: () => database.drop(),
    };
  },
});
