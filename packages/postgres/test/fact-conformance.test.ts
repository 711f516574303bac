import { PostgresEventStore } from "@tidemark/postgres";
import { factConformance } from "@tidemark/testing";

import { FreshDatabase } from "./server/fresh-database";

let database: FreshDatabase;
let stores = 0;

beforeAll(async () => {
  database = await FreshDatabase.create();
});
afterAll(() => database?.drop());

factConformance({
  name: "the PostgreSQL event store",
  abilities: { durable: true, sharedByProcesses: true, detectsDamage: true },
  open: async () => {
    const schema = `facts_${++stores}`;
    const open = async () => {
      const adapter = new PostgresEventStore({ url: database.url, schema });
      await adapter.open();
      return adapter;
    };
    const adapter = await open();
    return { adapter, reopen: open, dispose: () => adapter.close() };
  },
});
