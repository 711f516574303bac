import { PostgresEventStore } from "@tidemark/postgres";
import { serverConformance } from "@tidemark/testing/conformance";

import { bundledFixture } from "./bundled-fixture";
import { FreshDatabase } from "./server/fresh-database";

const isFull = process.env.TIDEMARK_TEST === "full";
const start = bundledFixture("server-or-writer");

serverConformance({
  name: "the PostgreSQL event store",
  settledMs: isFull ? 5_000 : 500,
  ...(isFull && { report: (line: string) => process.stdout.write(`  PostgreSQL: ${line}\n`) }),
  open: async () => {
    const database = await FreshDatabase.create();
    return {
      serve: () => start(database.url),
      write: (tills) => start(database.url, String(tills)),
      reopen: async () => {
        const store = new PostgresEventStore({ url: database.url });
        await store.open();
        return store;
      },
      dispose: () => database.drop(),
    };
  },
});
