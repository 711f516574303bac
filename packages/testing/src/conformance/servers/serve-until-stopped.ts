import { writeSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

import type { Logger } from "@tidemark/core";
import type { EventStoreAdapter } from "@tidemark/core/adapter";

import { type PaymentHandler, servedPayments } from "./served-payments";

/** How long a receipt takes. */
const RECEIPT_MS = 2;

/** What a server prints that has gone without its lease. */
export const LEASE_LOST = "lease lost";

/** Prints that the lease has run out; everything else that is logged is shown to whoever reads the errors of the test. */
const logger: Logger = {
  warn: (message) => {
    if (message.startsWith("The lease of this server has run out")) writeSync(1, `${LEASE_LOST}\n`);
    else console.error(message);
  },
};

/**
 * Serves until SIGTERM, and prints each effect of the event handler: till, number of the payment, and when the effect began and ended,
 * in milliseconds since 1970; and whether its lease has run out. What `serverConformance` starts calls it with the store, open already.
 */
export async function serveUntilStopped(adapter: EventStoreAdapter): Promise<void> {
  const stopped = new Promise<void>((resolve) => process.once("SIGTERM", resolve));
  const print: PaymentHandler = async (tillId, number) => {
    const began = Date.now();
    await pause(RECEIPT_MS);
    writeSync(1, `effect ${tillId} ${number} ${began} ${Date.now()}\n`);
  };
  const { domain } = servedPayments(adapter, print, logger);
  await domain.init();
  const server = await domain.serve();
  writeSync(1, "serving\n");
  await stopped;
  await server.close();
  await domain.close();
  await adapter.close();
}

/** Pays into tills at full speed until SIGTERM. Writers of the same tills lose races, which leaves gaps in the global order. */
export async function payUntilStopped(adapter: EventStoreAdapter, tills: number): Promise<void> {
  let isStopped = false;
  process.once("SIGTERM", () => {
    isStopped = true;
  });
  const { domain, pay } = servedPayments(adapter);
  await domain.init();
  let [committed, lost] = [0, 0];
  const write = async (): Promise<void> => {
    while (!isStopped) {
      const till = Math.floor(Math.random() * tills);
      try {
        await pay(`till-${till}`, ...Array.from({ length: 1 + (committed % 3) }, (_, index) => index + 1));
        committed++;
      } catch (error) {
        if ((error as { code?: string }).code !== "EXPECTED_VERSION_MISMATCH") throw error;
        lost++;
      }
    }
  };
  await Promise.all(Array.from({ length: 4 }, write));
  writeSync(1, `committed ${committed} ${lost}\n`);
  await domain.close();
  await adapter.close();
}
