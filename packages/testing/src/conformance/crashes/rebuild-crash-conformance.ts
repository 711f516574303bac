import { deepEqual, equal, ok } from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

import type { EventStoreAdapter } from "@tidemark/core/adapter";

import { openTills, type Tills } from "../projections/tills-to-rebuild";
import { testRunner } from "../test-runner";
import type { CrashConformance, CrashedStore } from "./crash-conformance";
import { type EndedRebuild, MOMENTS, type MomentOfRebuild, SHORT_LEASE } from "./rebuild-until-killed";

/** What processes are killed on that rebuild a projection. */
export interface RebuildCrashConformance extends Omit<CrashConformance, "kills" | "open"> {
  /** Makes a new and empty store that outlives the processes that write it. */
  readonly open: () => Promise<RebuiltStore>;
}

/** A store in which a process rebuilds a projection until it is killed. */
export interface RebuiltStore extends Omit<CrashedStore, "start"> {
  /** Starts a program that opens the store and calls `rebuildUntilKilled` with it. Its standard output is a pipe. */
  start(moment: MomentOfRebuild): ChildProcess;
}

const TILLS = ["t-1", "t-2", "t-3"];

/**
 * Declares a test for stores that are durable and keep operations: processes are killed while they rebuild a projection. The rows in use
 * are then the old ones or the new ones, and another process goes on with the rebuild.
 */
export function rebuildCrashConformance({ name, open }: RebuildCrashConformance): void {
  const { describe, it } = testRunner();

  describe(`rebuilds on ${name}, whose processes are killed`, () => {
    for (const moment of MOMENTS)
      it(`are gone on with when that happened at the moment "${moment}"`, async () => {
        const store = await open();
        try {
          await miscount(await store.reopen());
          await killAt(store.start(moment), moment);
          await look(await store.reopen(), moment === "switched" ? 111 : 222);
          const ended = JSON.parse(await lineOf(store.start("never"))) as EndedRebuild;
          // What the dead process has written is not folded again, unless it had switched already.
          deepEqual(ended, { rows: 3, events: 13, found: moment === "switched" ? 0 : 12 });
          await check(await store.reopen());
        } finally {
          await store.dispose();
        }
      });
  });
}

/** Folds payments into rows that count each of them twice. */
async function miscount(adapter: EventStoreAdapter): Promise<void> {
  const { domain, open } = await openTills(adapter, { config: SHORT_LEASE, rules: { cents: (cents) => 2 * cents } });
  for (const till of TILLS) await open(till, 1, 10, 100);
  await domain.catchUp();
  await domain.close();
  await adapter.close();
}

async function killAt(child: ChildProcess, moment: MomentOfRebuild): Promise<void> {
  equal(await lineOf(child), moment, "the program ended by itself");
  const ended = once(child, "close");
  child.kill("SIGKILL");
  await ended;
}

/** The first line that a program prints. */
async function lineOf(child: ChildProcess): Promise<string> {
  ok(child.stdout, "the program has no standard output to read");
  for await (const line of createInterface({ input: child.stdout })) return line;
  return "";
}

/** The rows that are read between the death and the next attempt. */
async function look(adapter: EventStoreAdapter, expected: number): Promise<void> {
  const tills = await openTills(adapter, { config: SHORT_LEASE });
  deepEqual(
    await sums(tills),
    TILLS.map((till) => [till, expected]),
  );
  await tills.change("t-1", (till) => till.pay(1_000));
  await tills.domain.close();
  await adapter.close();
}

async function check(adapter: EventStoreAdapter): Promise<void> {
  const tills = await openTills(adapter, { config: SHORT_LEASE });
  await tills.change("t-2", (till) => till.pay(1_000));
  await tills.domain.catchUp();
  deepEqual(await sums(tills), [
    ["t-1", 1_111],
    ["t-2", 1_111],
    ["t-3", 111],
  ]);
  await tills.domain.close();
  await adapter.close();
}

async function sums({ takings }: Tills) {
  return (await takings()).map(({ tillId, cents }) => [tillId, cents]);
}
