import { deepEqual, ok } from "node:assert/strict";
import type { ChildProcess } from "node:child_process";

import type { EventStoreAdapter } from "@tidemark/core/adapter";

import { testRunner } from "../test-runner";
import { killWhilePrinting } from "./kill-while-printing";
import { expectedContents, LANES, stepsIn, storedContents } from "./lanes";

/** What a run of killed processes is given to work on. */
export interface CrashConformance {
  /** As the test is titled: `the SQLite event store`. */
  readonly name: string;
  /** How many processes are killed, 20 where absent. */
  readonly kills?: number;
  /** Makes a new and empty store that outlives the processes that write it. */
  readonly open: () => Promise<CrashedStore>;
}

/** A store that a process writes until it is killed. */
export interface CrashedStore {
  /** Starts a program that opens the store and calls `writeUntilKilled` with it. Its standard output is a pipe. */
  start(): ChildProcess;
  /** Opens the store in this process, to see what is left of it; the suite closes it. */
  reopen(): Promise<EventStoreAdapter>;
  /** Removes every trace. */
  dispose(): Promise<void>;
}

/** No process lives longer, whatever it prints. */
const MOST_LINES = 25;

/**
 * Declares a test for stores that are durable: processes are killed at random moments while they append with operations. What was
 * acknowledged is there, and an append with its operations is there as a whole or not at all.
 */
export function crashConformance({ name, kills = 20, open }: CrashConformance): void {
  const { describe, it } = testRunner();

  describe(`${name}, whose processes are killed`, () => {
    it(`keeps what it acknowledged, and nothing by halves, ${kills} times`, async () => {
      const store = await open();
      try {
        const acknowledged = new Map<number, number>(LANES.map((lane) => [lane, 0]));
        for (let kill = 0; kill < kills; kill++) {
          await writeAndKill(store.start(), acknowledged);
          const adapter = await store.reopen();
          try {
            await check(adapter, acknowledged);
          } finally {
            await adapter.close();
          }
        }
      } finally {
        await store.dispose();
      }
    });
  });
}

/** @param acknowledged how many steps of each lane were, which this brings up to date. */
async function writeAndKill(child: ChildProcess, acknowledged: Map<number, number>): Promise<void> {
  const onLine = (line: string): void => {
    const [lane = -1, steps = -1] = line.split(" ").map(Number);
    acknowledged.set(lane, steps);
  };
  await killWhilePrinting(child, { mostLines: MOST_LINES, onLine });
}

async function check(adapter: EventStoreAdapter, acknowledged: ReadonlyMap<number, number>): Promise<void> {
  for (const lane of LANES) {
    const steps = await stepsIn(adapter, lane);
    const atLeast = acknowledged.get(lane)!;
    ok(steps >= atLeast, `lane ${lane}: ${atLeast} steps were acknowledged, ${steps} are there`);
    deepEqual(await storedContents(adapter, lane, steps), expectedContents(adapter, lane, steps));
  }
  const faults = [];
  for await (const page of adapter.verify()) faults.push(...page.faults);
  deepEqual(faults, [], "faults that verify reports");
}
