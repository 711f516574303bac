import type { Operation } from "@tidemark/core/adapter";
import { PostgresEventStore } from "@tidemark/postgres";

import { FreshDatabase } from "./server/fresh-database";

let database: FreshDatabase;
let store: PostgresEventStore;

beforeAll(async () => {
  database = await FreshDatabase.create();
});
afterAll(() => database?.drop());
beforeEach(() => {
  store = new PostgresEventStore({ url: database.url });
});
afterEach(async () => {
  await store?.close();
  await database.clear();
});

it("tells how many timers are due, and since when", async () => {
  const { timers } = store.operations;
  expect(await timers.overdue()).toEqual({ timers: 0 });
  await store.operations.flush(
    [5, 9, 3_000].map((at, n): Operation => {
      return { kind: "setTimer", timer: { owner: `o-${n}`, name: "expiry", data: "{}" }, due: { at } };
    }),
  );
  expect(await timers.overdue(4)).toEqual({ timers: 0 });
  expect(await timers.overdue(9)).toEqual({ timers: 2, since: 5 });
  expect(await timers.overdue()).toEqual({ timers: 3, since: 5 });
});
