import type { EventStoreAdapter } from "@tidemark/core";
import { PostgresEventStore } from "@tidemark/postgres";
import type { EventStoreConformance } from "@tidemark/testing/conformance";

import { FreshDatabase } from "./server/fresh-database";

/**
 * What every conformance suite is given: for each test a schema of its own in the test file's database. A schema that a test
 * has left is emptied for the next one, which takes less time than to make another.
 */
export function postgresSchema(): EventStoreConformance {
  let database: FreshDatabase;
  let made = 0;
  const free: string[] = [];
  const schemas = new WeakMap<EventStoreAdapter, string>();

  beforeAll(async () => {
    database = await FreshDatabase.create();
  });
  afterAll(() => database?.drop());

  return {
    name: "the PostgreSQL event store",
    abilities: { durable: true, sharedByProcesses: true, detectsDamage: true },
    open: async () => {
      const schema = free.pop() ?? `store_${++made}`;
      const opened: PostgresEventStore[] = [];
      const open = async () => {
        const adapter = new PostgresEventStore({ url: database.url, schema });
        schemas.set(adapter, schema);
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
        another: open,
        dispose: async () => {
          await close();
          await database.clear(schema);
          free.push(schema);
        },
      };
    },
    tableInSql: (adapter, table) => `${schemas.get(adapter)}.${table}`,
    damage: async (adapter, { stream, position }) => {
      const events = `${schemas.get(adapter)}.events`;
      await database.query(
        `UPDATE ${events} SET data = convert_from(set_byte(convert_to(data, 'UTF8'), 2, get_byte(convert_to(data, 'UTF8'), 2) # 1), 'UTF8') WHERE stream = $1 AND position = $2`,
        [stream, position],
      );
    },
  };
}
