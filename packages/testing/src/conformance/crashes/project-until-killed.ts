import { writeSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

import type { EventStoreAdapter } from "@tidemark/core/adapter";

import { foremostOf, projectedPayments } from "./projected-payments";

/** What the lines begin with that the process prints: an append was acknowledged, and the projection has gone on. */
export type Progress = "appended" | "projected";

/** How many tills are paid into at the same time, each by its own writer. */
const WRITERS = 4;
const TILLS_OF_WRITER = 5;

/** How often the process looks how far its projection has come. */
const LOOK_MS = 2;

/**
 * Appends events for ever, projects them at the same time, and prints each append once it is acknowledged and each step of the async
 * projection once it is stored. What `projectionCrashConformance` starts calls it with the store, open already.
 */
export async function projectUntilKilled(adapter: EventStoreAdapter): Promise<never> {
  const { domain, pay } = projectedPayments(adapter);
  await domain.init();
  let foremost = await foremostOf(adapter);
  await domain.serve();
  const write = async (writer: number): Promise<void> => {
    for (let n = 1; ; n++) {
      const amounts = Array.from({ length: 1 + (n % 3) }, (_, index) => n + index);
      await pay(`${writer}-${n % TILLS_OF_WRITER}`, ...amounts);
      print("appended", `${writer} ${n}`);
    }
  };
  const watch = async (): Promise<void> => {
    for (;;) {
      const reached = await foremostOf(adapter);
      if (reached > foremost) print("projected", String(reached));
      foremost = reached;
      await pause(LOOK_MS);
    }
  };
  await Promise.all([watch(), ...Array.from({ length: WRITERS }, (_, writer) => write(writer))]);
  throw new Error("nothing was left to write");
}

function print(progress: Progress, what: string): void {
  writeSync(1, `${progress} ${what}\n`);
}
