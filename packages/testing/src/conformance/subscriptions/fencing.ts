import { deepEqual, equal, ok } from "node:assert/strict";
import { setImmediate as aTurnOfOthers } from "node:timers/promises";

import type { EventContext } from "@tidemark/core";
import type { EventStoreAdapter, Operation } from "@tidemark/core/adapter";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { Gate, runTills } from "./tills-under-test";

const BUCKETS = 4;
const TILLS = 32;
const tills = Array.from({ length: TILLS }, (_, till) => `till-${till}`).sort();

export function fencing(at: StoreUnderTest): void {
  const { it } = testRunner();

  const config = { subscriptions: { buckets: BUCKETS } };
  /** The store as another process has it, where several share it. */
  const another = async (): Promise<EventStoreAdapter> =>
    at.adapter.abilities.sharedByProcesses ? await at.another() : at.adapter;

  it("leave what one server has in hand to it when another one comes", async () => {
    const effects: string[] = [];
    const [begun, go] = [new Gate(), new Gate()];
    let waiting = 0;
    const print = async (server: string, tillId: string): Promise<void> => {
      if (server === "first") {
        if (++waiting === BUCKETS) begun.open();
        await go.opened;
      }
      effects.push(tillId);
    };
    const serving = async (server: string, adapter: EventStoreAdapter) => {
      const call = (_: number, { aggregateId }: EventContext) => print(server, aggregateId);
      return await runTills(adapter, { config, handlers: { receipts: { call } } });
    };
    const one = await serving("first", at.adapter);
    for (const tillId of tills) await one.payments(tillId, 1);
    const first = await one.domain.serve();
    await begun.opened;
    // Each bucket of the first server has an event in hand.
    const other = await serving("second", await another());
    const second = await other.domain.serve();
    go.open();
    while ((await one.statusOf("receipts")).lag > 0) await aTurnOfOthers();
    await Promise.all([first.close(), second.close()]);
    deepEqual(effects.sort(), tills);
    await Promise.all([one.domain.close(), other.domain.close()]);
  });

  it("store nothing of a server whose buckets another one has taken meanwhile", async () => {
    const [held, go, answered] = [new Gate(), new Gate(), new Gate()];
    let refusal: unknown;
    const { flush } = at.adapter.operations!;
    const late = async (all: readonly Operation[]): Promise<void> => {
      held.open();
      await go.opened;
      try {
        await flush.call(at.adapter.operations, all);
      } catch (error) {
        refusal = error;
        throw error;
      } finally {
        answered.open();
      }
    };
    let isFirst = true;
    const store = {
      operations: {
        flush: async (all: readonly Operation[]): Promise<void> => {
          const isTaking = all.some((one) => one.kind === "moveCheckpoint" && one.subscription === "Takings.v1");
          if (!isTaking || !isFirst) return await flush.call(at.adapter.operations, all);
          isFirst = false;
          await late(all);
        },
      },
    };
    const { domain, payments, takings, Takings, Pay } = await runTills(at.adapter, { config, store });
    await payments("a", 1);
    const server = await domain.serve();
    await held.opened;
    const { subscriptions } = at.adapter.operations!;
    const other = { server: "another", subscription: "Takings.v1" };
    await subscriptions.renew({ server: "another", leaseMs: 60_000, subscriptions: [] });
    equal((await subscriptions.claim({ ...other, limit: BUCKETS, fromOthers: true })).length, BUCKETS);
    go.open();
    await answered.opened;
    ok(refusal, "the flush of the former owner was stored");
    deepEqual(await takings(), []);
    const stored = await subscriptions.checkpoints("Takings.v1");
    deepEqual(
      stored.map(({ position }) => position),
      Array.from({ length: BUCKETS }, () => 0),
    );
    await subscriptions.leave("another");
    await domain.process(new Pay({ tillId: "a", cents: 2 }), { waitFor: [Takings], waitTimeoutMs: 60_000 });
    deepEqual(await takings(), [{ tillId: "a", cents: 3, payments: 2 }]);
    await server.close();
    await domain.close();
  });

  it("do every event, whichever of many writers commits first", async () => {
    const seen = new Map<string, number[]>();
    const call = (cents: number, { aggregateId }: EventContext) => {
      seen.set(aggregateId, [...(seen.get(aggregateId) ?? []), cents]);
    };
    const options = { config, handlers: { seen: { call } } };
    const one = await runTills(at.adapter, options);
    const other = await runTills(await another(), options);
    const servers = await Promise.all([one, other].map(({ domain }) => domain.serve()));
    const amounts = Array.from({ length: 10 }, (_, index) => index + 1);
    const paid = tills.map(async (tillId, till) => {
      const { payments } = till % 2 === 0 ? one : other;
      for (const cents of amounts) await payments(tillId, cents);
    });
    await Promise.all(paid);
    while ((await one.domain.subscriptions()).some(({ lag }) => lag > 0)) await aTurnOfOthers();
    await Promise.all(servers.map((server) => server.close()));
    deepEqual(
      tills.map((tillId) => seen.get(tillId)),
      tills.map(() => amounts),
    );
    deepEqual(
      await one.takings(),
      tills.map((tillId) => ({ tillId, cents: 55, payments: amounts.length })),
    );
    await Promise.all([one.domain.close(), other.domain.close()]);
  });
}
