import { tmpdir } from "node:os";
import { setTimeout as pause } from "node:timers/promises";

import { Aggregate, apply, Command, Domain, DomainEvent, handle, identifier, on, Projection } from "@tidemark/core";
import { PostgresEventStore } from "@tidemark/postgres";
import { PrivateServer } from "@tidemark/testing/postgres-server";
import { z } from "zod";

import { FreshDatabase } from "./server/fresh-database";

let server: PrivateServer;

beforeAll(async () => {
  server = await PrivateServer.start();
});
afterAll(() => server?.stop());

const WRITERS = 8;

async function openTills(url: string) {
  const logged: string[] = [];
  const log = (message: string) => void logged.push(message);
  const eventStore = new PostgresEventStore({
    url,
    statementTimeoutMs: 5_000,
    connectTimeoutMs: 500,
    poolTimeoutMs: 500,
  });
  const domain = new Domain("shop", {
    root: tmpdir(),
    eventStore,
    logger: { warn: log, error: log },
    config: { subscriptions: { lease: "1s" } },
  });

  @domain.event({ partOf: "Till" })
  class Paid extends DomainEvent({ tillId: identifier(), payment: z.string() }) {}

  @domain.aggregate({ eventSourced: true })
  class Till extends Aggregate({ payments: z.number().default(0) }) {
    @apply(Paid)
    paid(): void {
      this.payments++;
    }
  }

  @domain.command({ partOf: Till })
  class Pay extends Command({ tillId: identifier(), payment: z.string() }, { returns: z.number() }) {}

  @domain.commandHandler({ partOf: Till })
  class _Tills {
    @handle(Pay)
    async pay({ tillId, payment }: Pay): Promise<number> {
      const tills = domain.repositoryFor(Till);
      const till = (await tills.find(tillId)) ?? Till.createNew({ id: tillId });
      till.raise(new Paid({ tillId, payment }));
      await tills.add(till);
      return till.payments;
    }
  }

  @domain.projection({})
  class Takings extends Projection({ tillId: identifier(), payments: z.number().default(0) }) {
    @on(Paid, { creates: true })
    paid(): void {
      this.payments++;
    }
  }

  await domain.init();
  return { domain, logged, Till, Pay, Takings, Paid };
}

it("eight writers, a server and a reader outlast a server that is killed and comes back: every command succeeds once", async () => {
  const database = await FreshDatabase.empty(server.url);
  const { domain, logged, Till, Pay, Takings } = await openTills(database.url);
  const running = await domain.serve();
  const followed: string[] = [];
  const events = domain.events({ of: [Till], follow: true });
  const following = (async () => {
    for await (const { event } of events) followed.push((event as unknown as { payment: string }).payment);
  })();
  const acknowledged: string[] = [];
  let isOver = false;
  const writers = Array.from({ length: WRITERS }, async (_, writer) => {
    for (let n = 0; !isOver; n++) {
      const payment = `${writer}x${n}`;
      // Each two writers share a till.
      await domain.process(new Pay({ tillId: `t${writer % (WRITERS / 2)}`, payment }), { retries: 1_000 });
      acknowledged.push(payment);
    }
  });
  for (const _ of [1, 2]) {
    const { length } = acknowledged;
    while (acknowledged.length < length + 200) await pause(5);
    await server.kill();
    await pause(1_500);
    await server.run();
  }
  const { length } = acknowledged;
  while (acknowledged.length < length + 200) await pause(5);
  isOver = true;
  await Promise.all(writers);

  const stored = (await database.query("SELECT data::json->>'payment' AS payment FROM tidemark.events")) as {
    payment: string;
  }[];
  expect(stored.map(({ payment }) => payment).sort()).toEqual([...acknowledged].sort());
  while (followed.length < acknowledged.length) await pause(20);
  await events.return();
  await following;
  expect([...followed].sort()).toEqual([...acknowledged].sort());
  await domain.process(new Pay({ tillId: "t0", payment: "last" }), { waitFor: [Takings], waitTimeoutMs: 30_000 });
  const rows = await domain.viewOf(Takings).all();
  expect(rows.reduce((sum, { payments }) => sum + payments, 0)).toBe(acknowledged.length + 1);
  expect(logged.filter((line) => line.includes("cannot be reached")).length).toBeGreaterThanOrEqual(2);
  expect(logged.filter((line) => line.includes("can be reached again")).length).toBeGreaterThanOrEqual(2);
  await running.close();
  await domain.close();
}, 120_000);

it("a command fails at once where failover_patience is off", async () => {
  const database = await FreshDatabase.empty(server.url);
  const eventStore = new PostgresEventStore({ url: database.url, connectTimeoutMs: 500, failoverPatienceMs: 0 });
  const domain = new Domain("shop", { root: tmpdir(), eventStore, config: { server: { embedded: false } } });
  await domain.init();
  await server.kill();
  const appended = domain.eventStore.append([{ stream: "a-1", events: [{ type: "T", data: {} }] }]);
  await expect(appended).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  await server.run();
  await domain.close();
});
