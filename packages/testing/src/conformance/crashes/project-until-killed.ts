import { writeSync } from "node:fs";

import type { EventStoreAdapter } from "@tidemark/core/adapter";

import { projectedPayments } from "./projected-payments";

/** How many tills are paid into at the same time, each by its own writer. */
const WRITERS = 4;
const TILLS_OF_WRITER = 5;

/**
 * Appends events for ever, projects them at the same time, and prints each append once it is acknowledged. What
 * `projectionCrashConformance` starts calls it with the store, open already.
 */
export async function projectUntilKilled(adapter: EventStoreAdapter): Promise<never> {
  const { domain, pay } = projectedPayments(adapter);
  await domain.init();
  await domain.serve();
  const write = async (writer: number): Promise<void> => {
    for (let n = 1; ; n++) {
      const amounts = Array.from({ length: 1 + (n % 3) }, (_, index) => n + index);
      await pay(`${writer}-${n % TILLS_OF_WRITER}`, ...amounts);
      writeSync(1, `${writer} ${n}\n`);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
  throw new Error("nothing was left to write");
}
