import { Aggregate, apply, Command, Domain, DomainEvent, handle, identifier, on, Projection } from "@tidemark/core";
import { PostgresEventStore } from "@tidemark/postgres";
import { z } from "zod";

import { FreshDatabase } from "./server/fresh-database";

let database: FreshDatabase;
const opened: Domain[] = [];

beforeEach(async () => {
  database = await FreshDatabase.create();
});
afterEach(async () => {
  for (const domain of opened.splice(0)) await domain.close();
  await database?.drop();
});

/** A domain with connections of its own: as good as another process. */
async function openShop() {
  const domain = new Domain("shop", { root: "/", eventStore: new PostgresEventStore({ url: database.url }) });
  const handled: number[] = [];

  @domain.event({ partOf: "Till" })
  class Paid extends DomainEvent({ tillId: identifier(), n: z.number() }) {}

  @domain.aggregate({ eventSourced: true })
  class Till extends Aggregate({ count: z.number().default(0) }) {
    pay(n: number): void {
      this.raise(new Paid({ tillId: this.id, n }));
    }

    @apply(Paid)
    onPaid(_: Paid): void {
      this.count++;
    }
  }

  @domain.command({ partOf: Till })
  class Pay extends Command({ n: z.number(), tillId: z.string().default("1") }) {}

  @domain.commandHandler({ partOf: Till })
  class TillHandler {
    @handle(Pay)
    async pay({ n, tillId }: Pay): Promise<void> {
      const till = (await domain.repositoryFor(Till).find(tillId)) ?? Till.createNew({ id: tillId });
      till.pay(n);
      await domain.repositoryFor(Till).add(till);
    }
  }
  void TillHandler;

  @domain.projection({ version: 1 })
  class Takings extends Projection({ tillId: identifier(), sum: z.number().default(0) }) {
    @on(Paid, { creates: true })
    paid({ n }: Paid): void {
      this.sum += n;
    }
  }

  domain.on(Paid, { name: "receipts", startFrom: "beginning" }, ({ n }) => void handled.push(n));
  await domain.init();
  opened.push(domain);
  return { domain, handled, Pay, Takings };
}

describe("subscriptions on PostgreSQL", () => {
  it("applies what another process commits, and tells it when it is done", async () => {
    const server = await openShop();
    const client = await openShop();
    await server.domain.serve();
    const wait = { waitFor: [client.Takings], waitTimeoutMs: 60_000 };
    await Promise.all([1, 2, 3, 4].map((n) => client.domain.process(new client.Pay({ n, tillId: String(n) }), wait)));
    const rows = await client.domain.viewOf(client.Takings).orderBy("tillId").all();
    expect(rows.map(({ sum }) => sum)).toEqual([1, 2, 3, 4]);
    const query = await server.domain.subscriptions();
    expect(query[0]).toMatchObject({ name: "Takings", state: "running", position: 4, lag: 0 });
    expect([...server.handled].sort()).toEqual([1, 2, 3, 4]);
    expect(client.handled).toEqual([]);
  });

  it("goes on by itself after every connection was cut", async () => {
    const server = await openShop();
    await server.domain.serve();
    const wait = { waitFor: [server.Takings], waitTimeoutMs: 60_000 };
    await server.domain.process(new server.Pay({ n: 1 }), wait);
    await database.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    const again = await openShop();
    await again.domain.process(new again.Pay({ n: 2 }), { ...wait, waitFor: [again.Takings] });
    expect(await again.domain.viewOf(again.Takings).get("1")).toEqual({ tillId: "1", sum: 3 });
    expect((await server.domain.subscriptions()).map(({ state }) => state)).toEqual(["running", "running"]);
  });

  it("takes the subscriptions over from a server that has ended", async () => {
    const first = await openShop();
    const second = await openShop();
    const server = await first.domain.serve();
    await first.domain.process(new first.Pay({ n: 1 }), { waitFor: [first.Takings], waitTimeoutMs: 60_000 });
    await server.close();
    await second.domain.serve();
    await second.domain.process(new second.Pay({ n: 2 }), { waitFor: [second.Takings], waitTimeoutMs: 60_000 });
    await second.domain.catchUp();
    expect(first.handled.concat(second.handled)).toEqual([1, 2]);
    expect(await second.domain.viewOf(second.Takings).get("1")).toEqual({ tillId: "1", sum: 3 });
  });
});
