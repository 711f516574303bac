import { Aggregate, apply, Command, Domain, DomainEvent, handle, identifier } from "@tidemark/core";
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

async function opened(schema: string) {
  const domain = new Domain("shop", {
    root: "/",
    eventStore: new PostgresEventStore({ url: proxy.url, schema }),
    config: { server: { embedded: false } },
  });

  @domain.event({ partOf: "Customer" })
  class Moved extends DomainEvent({ city: z.string() }) {}

  @domain.aggregate({ stored: "state" })
  class Customer extends Aggregate({ city: z.string().default(""), visits: z.number().default(0) }) {
    move(city: string): void {
      this.city = city;
      this.raise(new Moved({ city }));
    }
  }

  @domain.event({ partOf: "Wallet" })
  class Filled extends DomainEvent({ amount: z.number() }) {}

  @domain.aggregate({ stored: "both", truth: "events" })
  class Wallet extends Aggregate({ balance: z.number().default(0) }) {
    @apply(Filled)
    filled(event: Filled): void {
      this.balance += event.amount;
    }
  }

  @domain.command({ partOf: Customer })
  class Visit extends Command({ customerId: identifier() }) {}

  @domain.command({ partOf: Customer })
  class Move extends Command({ customerId: identifier(), city: z.string() }) {}

  @domain.command({ partOf: Wallet })
  class Fill extends Command({ walletId: identifier(), amount: z.number() }) {}

  @domain.commandHandler({ partOf: Customer })
  class CustomerHandler {
    @handle(Visit)
    async visit({ customerId }: Visit): Promise<void> {
      const customer = await domain.repositoryFor(Customer).get(customerId);
      customer.visits++;
      await domain.repositoryFor(Customer).add(customer);
    }

    @handle(Move)
    async move({ customerId, city }: Move): Promise<void> {
      const customer = await domain.repositoryFor(Customer).get(customerId);
      customer.move(city);
      await domain.repositoryFor(Customer).add(customer);
    }
  }

  @domain.commandHandler({ partOf: Wallet })
  class WalletHandler {
    @handle(Fill)
    async fill({ walletId, amount }: Fill): Promise<void> {
      const wallet = await domain.repositoryFor(Wallet).get(walletId);
      wallet.raise(new Filled({ amount }));
      await domain.repositoryFor(Wallet).add(wallet);
    }
  }

  await domain.init();
  const [customers, wallets] = [domain.repositoryFor(Customer), domain.repositoryFor(Wallet)];
  const wallet = Wallet.createNew({ id: "w-1" });
  wallet.raise(new Filled({ amount: 1 }));
  await wallets.add(wallet);
  await customers.add(Customer.createNew({ id: "c-1" }));
  return { domain, customers, wallets, Customer, Visit, Move, Fill, handlers: [CustomerHandler, WalletHandler] };
}

describe("a command", () => {
  it("takes two round trips for an aggregate that is stored as its state, with events and without", async () => {
    const { domain, customers, Visit, Move } = await opened("states");
    const visit = () => domain.process(new Visit({ customerId: "c-1" }));
    const move = () => domain.process(new Move({ customerId: "c-1", city: "Rome" }));
    await visit();
    await move();
    expect(await roundTrips(visit)).toBe(2);
    expect(await roundTrips(() => domain.process(new Move({ customerId: "c-1", city: "Oslo" })))).toBe(2);
    expect(await customers.get("c-1")).toMatchObject({ visits: 2, city: "Oslo", version: 4 });
    await domain.close();
  });

  it("takes two round trips for an aggregate that is stored as both", async () => {
    const { domain, wallets, Fill } = await opened("both");
    const fill = () => domain.process(new Fill({ walletId: "w-1", amount: 2 }));
    await fill();
    expect(await roundTrips(fill)).toBe(2);
    expect(await wallets.get("w-1")).toMatchObject({ balance: 5, version: 2 });
    await domain.close();
  });
});

describe("a repository of aggregates with rows", () => {
  it("takes one round trip to load, to save what is new, and to count; two to delete by an id", async () => {
    const { domain, customers, Customer } = await opened("repository");
    await customers.delete("c-1");
    expect(await roundTrips(() => customers.add(Customer.createNew({ id: "c-2" })))).toBe(1);
    expect(await roundTrips(() => customers.get("c-2"))).toBe(1);
    expect(await roundTrips(() => customers.exists("c-2"))).toBe(1);
    expect(await roundTrips(() => customers.count())).toBe(1);
    expect(await roundTrips(() => customers.delete("c-2"))).toBe(2);
    expect(await customers.count()).toBe(0);
    await domain.close();
  });
});
