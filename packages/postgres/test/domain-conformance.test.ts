import { PostgresEventStore } from "@tidemark/postgres";
import {
  commandConformance,
  type EventStoreConformance,
  factConformance,
  snapshotConformance,
} from "@tidemark/testing";

import { FreshDatabase } from "./server/fresh-database";

let database: FreshDatabase;
let stores = 0;

beforeAll(async () => {
  database = await FreshDatabase.create();
});
afterAll(() => database?.drop());

const postgres: EventStoreConformance = {
  name: "the PostgreSQL event store",
  abilities: { durable: true, sharedByProcesses: true, detectsDamage: true },
  open: async () => {
    const schema = `snapshots_${++stores}`;
    const opened: PostgresEventStore[] = [];
    const open = async () => {
      const adapter = new PostgresEventStore({ url: database.url, schema });
      await adapter.open();
      opened.push(adapter);
      return adapter;
    };
    const close = async () => {
      for (const adapter of opened.splice(0)) await adapter.close();
    };
    return {
      adapter: await open(),
      reopen: async () => {
        await close();
        return await open();
      },
      dispose: close,
    };
  },
};

snapshotConformance(postgres);
factConformance(postgres);
commandConformance(postgres);
