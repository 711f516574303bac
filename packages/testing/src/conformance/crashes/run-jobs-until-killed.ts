import { writeSync } from "node:fs";

import type { EventStoreAdapter } from "@tidemark/core/adapter";

import { runJobs } from "../later/jobs-under-test";

/** Short enough for a test to wait until the claims of a killed process have run out. */
export const LEASE = "1s";

/** How many commands are put into the queue at the same time. */
const WRITERS = 3;

/**
 * Puts commands into the queue for ever, carries them out at the same time, and prints the id of each once it is acknowledged. What
 * `laterCrashConformance` starts calls it with the store, open already.
 */
export async function runJobsUntilKilled(adapter: EventStoreAdapter): Promise<never> {
  const { domain, pay } = await runJobs(adapter, {
    config: { server: { embedded: false }, subscriptions: { lease: LEASE } },
  });
  await domain.serve();
  const write = async (writer: number): Promise<void> => {
    for (let n = 0; ; n++) {
      // Some race for one till, some append nothing.
      const job = await domain.process(pay(n % 4 === 0 ? "shared" : `till-${writer}`, n % 5));
      writeSync(1, `${job.id}\n`);
      if (n % 10 === 9) await job.result();
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
  throw new Error("nothing was left to write");
}
