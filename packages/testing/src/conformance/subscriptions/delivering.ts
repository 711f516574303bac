import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { deaf } from "../deaf-store";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { Gate, openTills, runTills } from "./tills-under-test";

export function delivering(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("hand over what was appended before and after the start once, in one order across streams", async () => {
    const seen: number[] = [];
    const third = new Gate();
    const call = (cents: number) => {
      seen.push(cents);
      if (seen.length === 4) third.open();
    };
    const { domain, payments } = await runTills(at.adapter, { handlers: { seen: { call } } });
    await payments("a", 1);
    await payments("b", 2, 3);
    const server = await domain.serve();
    await payments("a", 4);
    await third.opened;
    await server.close();
    deepEqual(seen, [1, 2, 3, 4]);
    await domain.close();
  });

  it("go on after the last checkpoint in a process that starts later", async () => {
    const seen: string[] = [];
    const as = (process: string) => ({
      handlers: { seen: { call: (cents: number) => seen.push(`${process} ${cents}`) } },
    });
    const first = await runTills(at.adapter, as("first"));
    await first.payments("a", 1, 2);
    await first.domain.catchUp();
    await first.payments("a", 3);
    await first.domain.close();
    const second = await runTills(at.adapter, as("second"));
    await second.payments("a", 4);
    await second.domain.catchUp();
    await second.domain.catchUp();
    deepEqual(seen, ["first 1", "first 2", "second 3", "second 4"]);
    deepEqual(await second.takings(), [{ tillId: "a", cents: 10, payments: 4 }]);
    await second.domain.close();
  });

  it('see later events only with startFrom "now" on a filled store, everything on an empty one', async () => {
    const [early, late]: [number[], number[]] = [[], []];
    const now = (seen: number[]) => ({ startFrom: "now", call: (cents: number) => seen.push(cents) }) as const;
    const first = await runTills(at.adapter, { handlers: { early: now(early) } });
    await first.payments("a", 1, 2);
    await first.domain.close();
    const second = await runTills(at.adapter, { handlers: { early: now(early), late: now(late) } });
    await second.payments("a", 3);
    await second.domain.catchUp();
    deepEqual([early, late], [[1, 2, 3], [3]]);
    await second.domain.close();
  });

  it("pass over events of other types and of other categories, without a lag that stays", async () => {
    const { domain, payments, tills, statusOf, Till, Shelf } = await runTills(at.adapter);
    await payments("a", 1);
    for (let n = 0; n < 30; n++) await domain.repositoryFor(Shelf).add(Shelf.fill(`s-${n}`));
    await tills().add(Till.createNew({ id: "b" }).check());
    equal((await statusOf("Takings")).lag, 1);
    await domain.catchUp();
    const { position, lag } = await statusOf("Takings");
    const { upTo } = await at.adapter.log.readAll({ after: 0, limit: 100 });
    deepEqual({ position, lag }, { position: upTo, lag: 0 });
    await domain.repositoryFor(Shelf).add(Shelf.fill("s-30"));
    equal((await statusOf("Takings")).lag, 0);
    await domain.close();
  });

  it("hand over events that were stored in earlier versions upcast, to projections and handlers alike", async () => {
    const seen: number[] = [];
    const { domain, payments, takings, Till } = await runTills(at.adapter, {
      handlers: { seen: { call: (cents) => seen.push(cents) } },
    });
    const old = { type: "Shop.Paid.v1", data: { tillId: "a", euros: 3 } };
    await domain.eventStore.append([{ stream: domain.streamFor(Till, "a"), events: [old] }]);
    await payments("a", 5);
    await domain.catchUp();
    deepEqual(seen, [300, 5]);
    deepEqual(await takings(), [{ tillId: "a", cents: 305, payments: 2 }]);
    await domain.close();
  });

  it("progress on their own: one that has stopped holds up nobody", async () => {
    const seen: number[] = [];
    const { domain, payments, takings, statusOf, stopped, errors, Takings, Pay } = await runTills(at.adapter, {
      handlers: {
        fails: { retry: { attempts: 0 }, onFailure: "halt", call: () => Promise.reject(new Error("no")) },
        works: { call: (cents) => seen.push(cents) },
      },
    });
    await payments("a", 1, 2);
    const server = await domain.serve();
    await stopped.opened;
    await domain.process(new Pay({ tillId: "a", cents: 3 }), { waitFor: [Takings], waitTimeoutMs: 60_000 });
    deepEqual(await takings(), [{ tillId: "a", cents: 6, payments: 3 }]);
    const { state, position } = await statusOf("fails");
    deepEqual({ state, position }, { state: "stopped", position: 0 });
    match(
      errors.join(),
      /^Event handler fails has stopped: fails failed on event "Shop\.Paid\.v2" at global position 1,/,
    );
    await server.close();
    await rejects(domain.catchUp(), { code: "SUBSCRIPTION_STOPPED", subscription: "fails", globalPosition: 1 });
    deepEqual(seen, [1, 2, 3]);
    await domain.close();
  });

  it("are found by a server that nothing tells of appends", async () => {
    const { domain, takings, Takings, Pay } = await runTills(deaf(at.adapter));
    const other = await runTills(at.adapter);
    const server = await domain.serve();
    await other.payments("a", 1);
    await domain.process(new Pay({ tillId: "a", cents: 2 }), { waitFor: [Takings], waitTimeoutMs: 60_000 });
    deepEqual(await takings(), [{ tillId: "a", cents: 3, payments: 2 }]);
    await server.close();
    await Promise.all([domain.close(), other.domain.close()]);
  });

  it("hand arrays of what is there to a handler of batches, and do not wait for more", async () => {
    const batches: number[][] = [];
    const { open, domain, payments, Paid } = openTills(at.adapter);
    domain.on(Paid, { name: "batches", startFrom: "beginning", batch: true }, (events) => {
      batches.push(events.map(({ cents }) => cents));
    });
    await open();
    await payments("a", 1, 2);
    await payments("b", 3);
    await domain.catchUp();
    await payments("b", 4);
    await domain.catchUp();
    deepEqual(batches, [[1, 2, 3], [4]]);
    await domain.close();
  });
}
