import { deepEqual, ok } from "node:assert/strict";

import type { EventStoreAdapter } from "@tidemark/core/adapter";

import { testRunner } from "../test-runner";
import type { CrashConformance } from "./crash-conformance";
import { killWhilePrinting } from "./kill-while-printing";
import { BUYERS, openPurchases, type Purchases } from "./purchases-under-test";
import { expectedPurchases, storedPurchases } from "./stored-purchases";

/** No process lives longer, whatever it prints. */
const MOST_LINES = 15;

/**
 * Declares a test for stores that are durable and keep operations: processes are killed at random moments while each of their commands
 * changes aggregates that are stored as events, as state and as both. Each acknowledged command has all of its effects then, any other one
 * all or none, and rows equal events. What `open` starts calls `purchaseUntilKilled`.
 */
export function unitCrashConformance({ name, kills = 20, open }: CrashConformance): void {
  const { describe, it } = testRunner();

  describe(`units of work over aggregates that are stored in different ways on ${name}, whose processes are killed`, () => {
    it(`are stored as a whole or not at all, ${kills} times`, async () => {
      const store = await open();
      try {
        const acknowledged = new Map<string, number>();
        const onLine = (line: string): void => {
          const [buyer = "", step] = line.split(" ");
          acknowledged.set(buyer, Number(step));
        };
        for (let kill = 0; kill < kills; kill++) {
          await killWhilePrinting(store.start(), { mostLines: MOST_LINES, onLine });
          await during(await store.reopen(), (purchases) => check(purchases, acknowledged));
        }
        const steps = [...acknowledged.values()].reduce((sum, each) => sum + each, 0);
        ok(steps > kills / 2, `${steps} commands were acknowledged by ${kills} processes: too few to show anything`);
        await during(await store.reopen(), goOn);
      } finally {
        await store.dispose();
      }
    });
  });
}

async function during(
  adapter: EventStoreAdapter,
  work: (purchases: Purchases, adapter: EventStoreAdapter) => Promise<void>,
): Promise<void> {
  try {
    const purchases = await openPurchases(adapter);
    await work(purchases, adapter);
    await purchases.domain.close();
  } finally {
    await adapter.close();
  }
}

/** @param acknowledged the last step of each buyer that was. */
async function check(purchases: Purchases, acknowledged: ReadonlyMap<string, number>): Promise<void> {
  const { steps, contents } = await storedPurchases(purchases);
  for (const [buyer, atLeast] of acknowledged) {
    const there = steps[buyer] ?? 0;
    ok(there >= atLeast, `${buyer}: ${atLeast} steps were acknowledged, ${there} are there`);
  }
  deepEqual(contents, expectedPurchases(steps));
}

/** Repeats the last step of each buyer, which has no second effect, adds one, and verifies the store as an operator does. */
async function goOn(purchases: Purchases, adapter: EventStoreAdapter): Promise<void> {
  const { domain, Wallet, Shelf, buy, stepsOf } = purchases;
  const acknowledged = new Map<string, number>();
  for (const buyer of BUYERS) {
    const last = await stepsOf(buyer);
    if (last > 0) await buy(buyer, last);
    await buy(buyer, last + 1);
    acknowledged.set(buyer, last + 1);
  }
  await check(purchases, acknowledged);
  for (const [type, count] of [
    [Wallet, BUYERS.length],
    [Shelf, 1],
  ] as const) {
    const { checked, differing, failing } = await domain.verifyAggregate<any>(type, {});
    deepEqual({ checked, differing, failing }, { checked: count, differing: 0, failing: 0 });
  }
  const faults = [];
  for await (const page of adapter.verify()) faults.push(...page.faults);
  deepEqual(faults, [], "faults that verify reports");
}
