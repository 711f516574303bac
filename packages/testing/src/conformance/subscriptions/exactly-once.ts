import { deepEqual, ok } from "node:assert/strict";
import { setImmediate as aTurnOfOthers } from "node:timers/promises";

import type { EventStoreAdapter } from "@tidemark/core/adapter";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { runTills } from "./tills-under-test";

const PAYMENTS = 300;
const TILLS = 7;

export function exactlyOnce(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("shows whoever reads both the rows and the checkpoint that belongs to them, while events are appended", async () => {
    const { domain, payments, takings, Takings, Pay } = await runTills(at.adapter, {
      config: { subscriptions: { batch: 7 } },
    });
    const server = await domain.serve();
    let isOver = false;
    const appending = (async () => {
      for (let n = 1; n < PAYMENTS; n++) await payments(`till-${n % TILLS}`, n);
      await domain.process(new Pay({ tillId: "till-0", cents: PAYMENTS }), {
        waitFor: [Takings],
        waitTimeoutMs: 60_000,
      });
      isOver = true;
    })();
    let comparisons = 0;
    while (!isOver) {
      // A store in memory answers at once, and would give nobody else a turn.
      await aTurnOfOthers();
      const before = await checkpointOf(at.adapter);
      const rows = await takings();
      if ((await checkpointOf(at.adapter)) !== before) continue;
      deepEqual(rows, await folded(at.adapter, before));
      comparisons++;
    }
    await appending;
    ok(comparisons > 0, "nothing was compared");
    await server.close();
    deepEqual(await takings(), await folded(at.adapter, Number.MAX_SAFE_INTEGER));
    await domain.close();
  });

  it("holds where a second server takes a subscription from a first one, which does not know", async () => {
    const one = await runTills(at.adapter);
    const other = await runTills(at.adapter.abilities.sharedByProcesses ? await at.another() : at.adapter);
    const servers = [await one.domain.serve()];
    const pay = async ({ domain, Takings, Pay }: typeof one, n: number) => {
      const payment = new Pay({ tillId: `till-${n % TILLS}`, cents: n });
      await domain.process(payment, { waitFor: [Takings], waitTimeoutMs: 60_000 });
      deepEqual(await one.takings(), await folded(at.adapter, Number.MAX_SAFE_INTEGER));
    };
    for (let n = 1; n <= 5; n++) await pay(one, n);
    servers.push(await other.domain.serve());
    for (let n = 6; n <= 20; n++) await pay(n % 2 === 0 ? one : other, n);
    for (const server of servers) await server.close();
    await Promise.all([one.domain.close(), other.domain.close()]);
  });
}

async function checkpointOf({ operations }: EventStoreAdapter): Promise<number> {
  const [checkpoint] = await operations!.subscriptions.checkpoints("Takings.v1");
  return checkpoint!.position;
}

/** What a fold of the log up to a position gives. */
async function folded({ log }: EventStoreAdapter, upTo: number): Promise<readonly object[]> {
  const { messages } = await log.readAll({ after: 0, limit: 100_000, categories: ["shop::till"] });
  const rows = new Map<string, { tillId: string; cents: number; payments: number }>();
  for (const { globalPosition, data } of messages) {
    if (globalPosition > upTo) break;
    const { tillId, cents } = JSON.parse(data) as { tillId: string; cents: number };
    const row = rows.get(tillId) ?? { tillId, cents: 0, payments: 0 };
    rows.set(tillId, { tillId, cents: row.cents + cents, payments: row.payments + 1 });
  }
  return [...rows.values()].sort((a, b) => (a.tillId < b.tillId ? -1 : 1));
}
