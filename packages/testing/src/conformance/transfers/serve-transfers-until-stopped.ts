import { writeSync } from "node:fs";

import type { Logger } from "@tidemark/core";
import type { EventStoreAdapter } from "@tidemark/core/adapter";

import { servedTransfers } from "./served-transfers";

/** A server that was killed, or waits for the processor, makes others warn; the suites find out themselves what matters. */
const logger: Logger = {
  warn: () => undefined,
  error: (message) => console.error(message),
};

/** Serves transfers until SIGTERM. What `transferConformance` starts calls it with the store, open already. */
export async function serveTransfersUntilStopped(adapter: EventStoreAdapter): Promise<void> {
  const stopped = new Promise<void>((resolve) => process.once("SIGTERM", resolve));
  const { domain } = servedTransfers(adapter, logger);
  await domain.init();
  const server = await domain.serve();
  writeSync(1, "serving\n");
  await stopped;
  await server.close();
  await domain.close();
  await adapter.close();
}
