import { PostgresEventStore } from "@tidemark/postgres";

import { everyLoadEqualsTheReplay } from "../../../core/test/snapshots/random-histories";
import { FreshDatabase } from "../server/fresh-database";

let database: FreshDatabase;

beforeAll(async () => {
  database = await FreshDatabase.create();
});
afterAll(() => database?.drop());

it("every load equals the full replay, through restarts, migrations and corruptions, on PostgreSQL", async () => {
  let stores = 0;
  const openStore = () => {
    const schema = `histories_${++stores}`;
    const opened: PostgresEventStore[] = [];
    const open = () => {
      const store = new PostgresEventStore({ url: database.url, schema });
      opened.push(store);
      return store;
    };
    const dispose = async () => {
      for (const store of opened) await store.close();
    };
    return { open, dispose };
  };
  await everyLoadEqualsTheReplay(openStore, 25);
});
