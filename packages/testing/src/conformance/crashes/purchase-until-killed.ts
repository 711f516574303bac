import { writeSync } from "node:fs";

import type { EventStoreAdapter } from "@tidemark/core/adapter";

import { BUYERS, openPurchases } from "./purchases-under-test";

/**
 * Carries out commands for ever, several at the same time, each of which changes aggregates that are stored in different ways, and prints
 * each step once it is acknowledged. Begins with the last step of the process before, which has no second effect. What
 * `unitCrashConformance` starts calls it with the store, open already.
 */
export async function purchaseUntilKilled(adapter: EventStoreAdapter): Promise<never> {
  const { buy, stepsOf } = await openPurchases(adapter);
  const purchase = async (buyer: string): Promise<void> => {
    for (let step = Math.max(1, await stepsOf(buyer)); ; step++) {
      await buy(buyer, step);
      writeSync(1, `${buyer} ${step}\n`);
    }
  };
  await Promise.all(BUYERS.map(purchase));
  throw new Error("nothing was left to buy");
}
