import { writeSync } from "node:fs";

import type { Logger } from "@tidemark/core";
import type { EventStoreAdapter } from "@tidemark/core/adapter";

import { servedReminders } from "./served-reminders";

/** A machine with many servers makes them warn; the suite finds out itself what matters. */
const logger: Logger = {
  warn: () => undefined,
  error: (message) => console.error(message),
};

/** Serves reminders until SIGTERM. What `overdueTimerConformance` starts calls it with the store, open already. */
export async function serveRemindersUntilStopped(adapter: EventStoreAdapter): Promise<void> {
  const stopped = new Promise<void>((resolve) => process.once("SIGTERM", resolve));
  const { domain } = servedReminders(adapter, { logger });
  await domain.init();
  const server = await domain.serve();
  writeSync(1, "serving\n");
  await stopped;
  await server.close();
  await domain.close();
  await adapter.close();
}
