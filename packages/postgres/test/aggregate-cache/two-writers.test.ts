import { join } from "node:path";
import { PostgresEventStore } from "@tidemark/postgres";

import { twoWritersAddUp } from "../../../core/test/aggregate-cache/two-writers";
import { FreshDatabase } from "../server/fresh-database";

let database: FreshDatabase;

beforeAll(async () => {
  database = await FreshDatabase.create();
});
afterAll(() => database?.drop());

it("two processes with cached aggregates add up on one PostgreSQL database", async () => {
  const store = new PostgresEventStore({ url: database.url });
  await twoWritersAddUp(store, join(__dirname, "../fixtures/write-shared-accounts.ts"), database.url);
});
