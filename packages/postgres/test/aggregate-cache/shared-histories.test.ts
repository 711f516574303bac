import { PostgresEventStore } from "@tidemark/postgres";

import { cachesAreNotNoticed } from "../../../core/test/aggregate-cache/shared-histories";
import { FreshDatabase } from "../server/fresh-database";

let database: FreshDatabase;

beforeAll(async () => {
  database = await FreshDatabase.create();
});
afterAll(() => database?.drop());

it("applications that share a store are answered as if they had no cache, on PostgreSQL", async () => {
  let stores = 0;
  await cachesAreNotNoticed(() => {
    const schema = `shared_${++stores}`;
    return { open: () => new PostgresEventStore({ url: database.url, schema }), dispose: async () => undefined };
  }, 15);
});
