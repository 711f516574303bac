import { Aggregate, apply, Domain, DomainEvent, identifier, on, Projection, ProjectionOf } from "@tidemark/core";
import { PostgresEventStore } from "@tidemark/postgres";
import { CountingProxy } from "@tidemark/testing/postgres-server";
import { z } from "zod";

import { FreshDatabase } from "./server/fresh-database";

let database: FreshDatabase;
let proxy: CountingProxy;

beforeAll(async () => {
  database = await FreshDatabase.create();
  proxy = await CountingProxy.before(database.url);
});
afterAll(async () => {
  await proxy?.close();
  await database?.drop();
});

async function roundTrips(work: () => Promise<unknown>): Promise<number> {
  const before = proxy.roundTrips;
  await work();
  return proxy.roundTrips - before;
}

async function opened(schema: string, config: { readonly cache: { readonly max_aggregates: number } }) {
  const eventStore = new PostgresEventStore({ url: proxy.url, schema });
  const domain = new Domain("fidelis", {
    root: "/",
    eventStore,
    config: { snapshot_threshold: 0, server: { embedded: false }, ...config },
  });
  @domain.event({ partOf: "Account" })
  class Opened extends DomainEvent({ accountId: identifier(), branch: z.string() }) {}
  @domain.event({ partOf: "Account" })
  class Deposited extends DomainEvent({ accountId: identifier(), amount: z.number() }) {}
  @domain.aggregate({ eventSourced: true })
  class Account extends Aggregate({ balance: z.number().default(0) }) {
    static open(id: string): Account {
      const account = Account.createNew({ id });
      account.raise(new Opened({ accountId: id, branch: "north" }));
      return account;
    }
    deposit(amount: number): void {
      this.raise(new Deposited({ accountId: this.id, amount }));
    }
    @apply
    opened(_: Opened): void {}
    @apply
    deposited(event: Deposited): void {
      this.balance += event.amount;
    }
  }
  @domain.projection({ mode: "inline" })
  class Summary extends Projection({ accountId: identifier(), balance: z.number().default(0) }) {
    @on(Opened, { creates: true })
    opened(_: Opened): void {}
    @on(Deposited)
    deposited(event: Deposited): void {
      this.balance += event.amount;
    }
  }
  @domain.projection({ mode: "inline", of: Account })
  class AccountList extends ProjectionOf(Account) {}
  await domain.init();
  const accounts = domain.repositoryFor(Account);
  const deposit = () =>
    domain.unitOfWork(async () => {
      const account = await accounts.get("a-1");
      account.deposit(5);
      await accounts.add(account);
    });
  return { domain, Account, Summary, AccountList, accounts, deposit };
}

describe("inline projections", () => {
  it("add no round trip to a command: the load brings their rows, the append stores them", async () => {
    const { domain, Account, Summary, AccountList, accounts, deposit } = await opened("plain", {
      cache: { max_aggregates: 0 },
    });
    expect(await roundTrips(() => accounts.add(Account.open("a-1")))).toBe(1);
    await deposit();
    expect(await roundTrips(deposit)).toBe(2);
    expect(await domain.viewOf(Summary).get("a-1")).toMatchObject({ balance: 10 });
    expect(await domain.viewOf(AccountList).get("a-1")).toMatchObject({ version: 2, balance: 10 });
    await domain.close();
  });

  it("read their rows, all tables at the same time, where the aggregate comes from the cache", async () => {
    const { domain, Account, Summary, accounts, deposit } = await opened("cached", { cache: { max_aggregates: 10 } });
    await accounts.add(Account.open("a-1"));
    await deposit();
    await deposit();
    // The look whether the cached state is the present one, two tables, the append.
    expect(await roundTrips(deposit)).toBe(4);
    expect(await domain.viewOf(Summary).get("a-1")).toMatchObject({ balance: 15 });
    await domain.close();
  });
});
