import { deepEqual } from "node:assert/strict";

import fc from "fast-check";

import { testRunner } from "../test-runner";
import { appending, appendingAnOldId, repeating } from "./histories/append-steps";
import { GaplessStore, LAID } from "./histories/gapless-store";
import { call, History, type Step } from "./histories/history";
import {
  appendingWithOperations,
  flushing,
  queueing,
  raisingGenerations,
  readingWhatIsKept,
} from "./histories/operation-steps";
import { reading, readingEverything } from "./histories/read-steps";
import { deletingSnapshots, writingSnapshots } from "./histories/snapshot-steps";
import { collect } from "./sample-events";
import { type EventStoreConformance, StoreUnderTest } from "./store-under-test";

/** The same for every store, so that all of them answer the same histories. */
const SEED = 20_261_121;
const RUNS = 100;

const ofEventsAndSnapshots = [
  { weight: 8, arbitrary: appending },
  { weight: 1, arbitrary: appendingAnOldId },
  { weight: 3, arbitrary: repeating },
  { weight: 6, arbitrary: writingSnapshots },
  { weight: 1, arbitrary: deletingSnapshots },
  { weight: 14, arbitrary: reading },
  { weight: 1, arbitrary: fc.constant("open again" as const) },
];

const ofOperations = [
  { weight: 10, arbitrary: flushing },
  { weight: 4, arbitrary: appendingWithOperations },
  { weight: 1, arbitrary: raisingGenerations },
  { weight: 10, arbitrary: queueing },
  { weight: 4, arbitrary: readingWhatIsKept },
];

/** Histories of calls that nobody thought of, each answered as the plain model answers it. */
export function randomHistories(at: StoreUnderTest): void {
  const { it } = testRunner();
  const { runs = RUNS, seed = SEED } = at.conformance.histories ?? {};

  it(`answers ${runs} random histories of calls as a plain model does`, async () => {
    const { leavesOut = [] } = at.conformance;
    const hasOperations = !leavesOut.includes("operations");
    const step = fc.oneof(...ofEventsAndSnapshots, ...(hasOperations ? ofOperations : []));
    const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60, size: "max" }), (steps) =>
      play(steps, at.conformance, hasOperations),
    );
    const found = await fc.check(property, { numRuns: runs, seed });
    if (!found.failed) return;
    const { errorInstance, numRuns, counterexamplePath } = found;
    const where = `Random history ${numRuns} of ${runs} (seed ${seed}, path ${JSON.stringify(counterexamplePath)}), shortened`;
    throw new Error(`${where}.\n${errorInstance instanceof Error ? errorInstance.message : String(errorInstance)}`);
  });
}

async function play(
  steps: readonly (Step | "open again")[],
  conformance: EventStoreConformance,
  hasOperations: boolean,
): Promise<void> {
  const at = new StoreUnderTest(conformance);
  await at.open();
  try {
    const store = new GaplessStore(at);
    const history = new History(store);
    if (hasOperations) {
      await store.prepareOperations();
      history.model.operations.lay(LAID);
    }
    for (const each of steps) {
      if (each !== "open again") await history.take(each);
      else if (conformance.abilities.durable) {
        await at.reopen();
        history.noteReopening();
      }
    }
    for (const each of readingEverything) await history.take(each);
    if (hasOperations) await history.take(() => call("readKept"));
    deepEqual(
      (await collect(at.adapter.verify())).flatMap(({ faults }) => faults),
      [],
      "faults that verify reports",
    );
  } finally {
    await at.dispose();
  }
}
