import { PostgresEventStore } from "@tidemark/postgres";
import { CountingProxy } from "@tidemark/testing/postgres-server";

import { sharedAccounts } from "../../../core/test/aggregate-cache/shared-accounts";
import { FreshDatabase } from "../server/fresh-database";

let database: FreshDatabase;
let proxy: CountingProxy;
let application: Awaited<ReturnType<typeof sharedAccounts>>;

beforeAll(async () => {
  database = await FreshDatabase.create();
  proxy = await CountingProxy.before(database.url);
  application = await sharedAccounts(new PostgresEventStore({ url: proxy.url }), { cached: 10, retries: 3 });
  const { domain, Account } = application;
  for (const id of ["1", "2"]) {
    await domain.repositoryFor(Account).add(Account.open(id));
    await domain.repositoryFor(Account).get(id);
  }
});
afterAll(async () => {
  await application?.domain.close();
  await proxy?.close();
  await database?.drop();
});

async function roundTrips(work: () => Promise<unknown>): Promise<number> {
  const before = proxy.roundTrips;
  await work();
  return proxy.roundTrips - before;
}

it("a command on a cached aggregate takes one round trip", async () => {
  const { domain, Move } = application;
  const move = () => domain.process(new Move({ id: "1", amount: 1, by: "test" }));
  expect([await roundTrips(move), await roundTrips(move)]).toEqual([1, 1]);
});

it("a command that only reads another cached aggregate takes one more", async () => {
  const { domain, MoveAbove } = application;
  const move = () => domain.process(new MoveAbove({ id: "1", other: "2", above: 10, by: "test" }));
  expect(await roundTrips(move)).toBe(2);
});

it("a load of a cached aggregate takes one round trip", async () => {
  const { domain, Account } = application;
  expect(await roundTrips(() => domain.repositoryFor(Account).get("1"))).toBe(1);
});

it("a command that is refused takes one round trip", async () => {
  const { domain, Move } = application;
  const move = () => expect(domain.process(new Move({ id: "1", amount: -1_000, by: "test" }))).rejects.toThrow();
  expect(await roundTrips(move)).toBe(1);
});

it("a command on a cached aggregate that another application has changed takes five", async () => {
  const { domain, Account, Move } = application;
  const other = await sharedAccounts(new PostgresEventStore({ url: database.url }), { cached: 0, retries: 3 });
  await domain.repositoryFor(Account).get("2");
  await other.domain.process(new other.Move({ id: "2", amount: 1, by: "other" }));
  await other.domain.close();
  const move = () => domain.process(new Move({ id: "2", amount: 1, by: "test" }));
  expect([await roundTrips(move), await roundTrips(move)]).toEqual([5, 1]);
});
