import { deepEqual, ok } from "node:assert/strict";
import type { ChildProcess } from "node:child_process";

import type { Checkpoint, EventStoreAdapter } from "@tidemark/core/adapter";

import { testRunner } from "../test-runner";
import type { CrashConformance } from "./crash-conformance";
import { killWhilePrinting, killWithin } from "./kill-while-printing";
import type { Progress } from "./project-until-killed";
import { checkpointsOf, FoldedPayments, foremostOf, projectedPayments } from "./projected-payments";

/** What processes are killed after, by turns: one of the first lines that tell of such progress, or their start. */
const MOMENTS: readonly ("started" | Progress)[] = ["projected", "appended", "started", "projected", "appended"];
/** No process gets further. */
const MOST_LINES = 25;
/** A process is killed within so many milliseconds after its start. */
const LATEST_EARLY_KILL_MS = 300;

/**
 * Declares a test for stores that are durable and keep operations: processes are killed at random moments while they project. After each
 * kill the rows of an async projection equal a fold of the log up to the checkpoints of their buckets, and those of an inline one a fold of the whole log.
 * What `open` starts calls `projectUntilKilled`.
 */
export function projectionCrashConformance({ name, kills = 20, open }: CrashConformance): void {
  const { describe, it } = testRunner();

  describe(`projections on ${name}, whose processes are killed`, () => {
    it(`hold every event exactly once, ${kills} times`, async () => {
      const store = await open();
      try {
        const [folded, whole] = [new FoldedPayments(), new FoldedPayments()];
        let position = 0;
        for (let kill = 0; kill < kills; kill++) {
          const moment = MOMENTS[kill % MOMENTS.length]!;
          await projectAndKill(store.start(), moment);
          const adapter = await store.reopen();
          try {
            const reached = await check(adapter, folded, whole);
            if (moment === "projected") ok(reached > position, `the checkpoint had moved, and is at ${reached} again`);
            position = reached;
          } finally {
            await adapter.close();
          }
        }
        await catchUp(await store.reopen(), folded);
      } finally {
        await store.dispose();
      }
    });
  });
}

async function projectAndKill(child: ChildProcess, moment: "started" | Progress): Promise<void> {
  if (moment === "started") await killWithin(child, LATEST_EARLY_KILL_MS);
  else
    await killWhilePrinting(child, {
      mostLines: MOST_LINES,
      counts: (line) => line.startsWith(moment),
      onLine: () => {},
    });
}

/** @returns how far the foremost bucket of the async projection has come. */
async function check(adapter: EventStoreAdapter, folded: FoldedPayments, whole: FoldedPayments): Promise<number> {
  const { domain, Takings, Totals } = projectedPayments(adapter);
  await domain.init();
  // A server may still be at work on what the dead process has sent: what is read has to come from one moment.
  for (;;) {
    const before = await stateOf(adapter);
    const takings = await domain.viewOf(Takings).all();
    const totals = await domain.viewOf(Totals).all();
    const after = await stateOf(adapter);
    if (JSON.stringify(after) !== JSON.stringify(before)) continue;
    deepEqual(plain(takings), await folded.upToEach(adapter, after.checkpoints), "the rows of the async projection");
    deepEqual(plain(totals), await whole.upTo(adapter, after.end), "the rows of the inline projection");
    await domain.close();
    return foremostOf(adapter);
  }
}

async function catchUp(adapter: EventStoreAdapter, folded: FoldedPayments): Promise<void> {
  const { domain, Takings } = projectedPayments(adapter);
  try {
    await domain.init();
    await domain.catchUp();
    const { end } = await stateOf(adapter);
    deepEqual(plain(await domain.viewOf(Takings).all()), await folded.upTo(adapter, end), "the rows at the end");
    await domain.close();
  } finally {
    await adapter.close();
  }
}

async function stateOf(
  adapter: EventStoreAdapter,
): Promise<{ readonly checkpoints: readonly Checkpoint[]; readonly end: number }> {
  const checkpoints = await checkpointsOf(adapter);
  let [end, isAtEnd] = [0, false];
  while (!isAtEnd) {
    const page = await adapter.log.readAll({ after: end, limit: 1_000, categories: [] });
    [end, isAtEnd] = [page.upTo, page.atEnd];
  }
  return { checkpoints, end };
}

function plain(rows: readonly object[]): readonly object[] {
  return rows.map((row) => ({ ...row }));
}
