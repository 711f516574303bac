import { writeSync } from "node:fs";

import type { EventStoreAdapter } from "@tidemark/core/adapter";

import { LANES, operationsOf, requestsOf, SUBSCRIPTION, stepsIn, TABLE } from "./lanes";

/**
 * Appends events with operations for ever, in several lanes at the same time, and prints each step once it is acknowledged. What
 * `crashConformance` starts calls it with the store, open already.
 */
export async function writeUntilKilled(adapter: EventStoreAdapter): Promise<never> {
  const { operations } = adapter;
  await operations?.readModels.createTable(TABLE);
  await operations?.subscriptions.layCheckpoints(
    LANES.map((bucket) => ({ subscription: SUBSCRIPTION, bucket, position: 0 })),
  );
  await Promise.all(LANES.map((lane) => write(adapter, lane)));
  throw new Error("nothing was left to write");
}

async function write(adapter: EventStoreAdapter, lane: number): Promise<void> {
  const hasOperations = adapter.operations !== undefined;
  for (let step = await stepsIn(adapter, lane); ; step++) {
    const requests = requestsOf(lane, step);
    if (requests.length === 0 && !hasOperations) return;
    await adapter.log.append(requests, hasOperations ? { also: operationsOf(lane, step) } : {});
    writeSync(1, `${lane} ${step + 1}\n`);
  }
}
