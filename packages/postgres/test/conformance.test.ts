import type { EventStoreAdapter } from "@tidemark/core";
import { PostgresEventStore } from "@tidemark/postgres";
import { eventStoreConformance } from "@tidemark/testing";

import { FreshDatabase } from "./server/fresh-database";

let database: FreshDatabase;
let stores = 0;
const schemas = new WeakMap<EventStoreAdapter, string>();

beforeAll(async () => {
  database = await FreshDatabase.create();
});
afterAll(() => database?.drop());

async function openStore(schema: string): Promise<PostgresEventStore> {
  const store = new PostgresEventStore({ url: database.url, schema });
  schemas.set(store, schema);
  await store.open();
  return store;
}

eventStoreConformance({
  name: "the PostgreSQL event store",
  abilities: { durable: true, sharedByProcesses: true, detectsDamage: true },
  open: async () => {
    const schema = `store_${++stores}`;
    const adapter = await openStore(schema);
    const opened = [adapter];
    return {
      adapter,
      reopen: async () => {
        await opened[0]!.close();
        opened.unshift(await openStore(schema));
        return opened[0]!;
      },
      dispose: async () => {
        await opened[0]!.close();
        await database.query(`DROP SCHEMA ${schema} CASCADE`);
      },
    };
  },
  damage: async (adapter, { stream, position }) => {
    const events = `${schemas.get(adapter)}.events`;
    await database.query(
      `UPDATE ${events} SET data = convert_from(set_byte(convert_to(data, 'UTF8'), 2, get_byte(convert_to(data, 'UTF8'), 2) # 1), 'UTF8') WHERE stream = $1 AND position = $2`,
      [stream, position],
    );
  },
});
