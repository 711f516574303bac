import { deepEqual, equal, ok } from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";

import { RebuildError, type RebuildResult } from "@tidemark/core";
import type { EventStoreAdapter } from "@tidemark/core/adapter";

import { openTills, type Tills } from "../projections/tills-to-rebuild";
import { testRunner } from "../test-runner";
import type { CrashConformance, CrashedStore } from "./crash-conformance";
import { MOMENTS, type MomentOfRebuild, SHORT_LEASE } from "./rebuild-until-killed";

/** What processes are killed on that rebuild a projection. */
export interface RebuildCrashConformance extends Omit<CrashConformance, "kills" | "open"> {
  /** Makes a new and empty store that outlives the processes that write it. */
  readonly open: () => Promise<RebuiltStore>;
}

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
          await goOn(await store.reopen(), moment);
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
  ok(child.stdout, "the program that is killed has no standard output to read");
  const ended = once(child, "close");
  const [line] = (await Promise.race([once(child.stdout.setEncoding("utf8"), "data"), ended])) as [string | number];
  equal(line, `${moment}\n`, "the program ended by itself");
  child.kill("SIGKILL");
  await ended;
}

async function goOn(adapter: EventStoreAdapter, moment: MomentOfRebuild): Promise<void> {
  const tills = await openTills(adapter, { config: SHORT_LEASE });
  const { domain, change } = tills;
  try {
    deepEqual(
      await sums(tills),
      TILLS.map((till) => [till, moment === "switched" ? 111 : 222]),
    );
    await change("t-1", (till) => till.pay(1_000));
    const begun = new Set<number>();
    const { rows, events } = await rebuilt(tills, begun);
    deepEqual([rows, events], [3, 13]);
    // What the dead process has written is not folded again, unless it had switched already.
    deepEqual([...begun][0], moment === "switched" ? 0 : 12);
    await change("t-2", (till) => till.pay(1_000));
    await domain.catchUp();
    deepEqual(await sums(tills), [
      ["t-1", 1_111],
      ["t-2", 1_111],
      ["t-3", 111],
    ]);
    await domain.close();
  } finally {
    await adapter.close();
  }
}

/** Refused as long as the dead process may still be at it. */
async function rebuilt({ domain, Takings }: Tills, begun: Set<number>): Promise<RebuildResult> {
  for (;;) {
    try {
      return await domain.rebuildProjection(Takings, { onProgress: ({ events }) => begun.add(events) });
    } catch (error) {
      ok(error instanceof RebuildError && /another rebuild/.test(error.message), String(error));
      await pause(50);
    }
  }
}

async function sums({ takings }: Tills) {
  return (await takings()).map(({ tillId, cents }) => [tillId, cents]);
}
