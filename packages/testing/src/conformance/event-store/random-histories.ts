import { deepEqual } from "node:assert/strict";

import fc from "fast-check";

import { testRunner } from "../test-runner";
import { appending, appendingAnOldId, repeating } from "./histories/append-steps";
import { GaplessStore } from "./histories/gapless-store";
import { History, type Step } from "./histories/history";
import { reading, readingEverything } from "./histories/read-steps";
import { deletingSnapshots, writingSnapshots } from "./histories/snapshot-steps";
import { collect } from "./sample-events";
import { type EventStoreConformance, StoreUnderTest } from "./store-under-test";

/** The same for every store, so that all of them answer the same histories. */
const SEED = 20_261_121;
const RUNS = 100;

const step: fc.Arbitrary<Step | "open again"> = fc.oneof(
  { weight: 8, arbitrary: appending },
  { weight: 1, arbitrary: appendingAnOldId },
  { weight: 3, arbitrary: repeating },
  { weight: 6, arbitrary: writingSnapshots },
  { weight: 1, arbitrary: deletingSnapshots },
  { weight: 14, arbitrary: reading },
  { weight: 1, arbitrary: fc.constant("open again" as const) },
);

/** Histories of calls that nobody thought of, each answered as the plain model answers it. */
export function randomHistories(at: StoreUnderTest): void {
  const { it } = testRunner();
  const { runs = RUNS, seed = SEED } = at.conformance.histories ?? {};

  it(`answers ${runs} random histories of calls as a plain model does`, async () => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40, size: "max" }), (steps) =>
      play(steps, at.conformance),
    );
    const found = await fc.check(property, { numRuns: runs, seed });
    if (!found.failed) return;
    const { errorInstance, numRuns, counterexamplePath } = found;
    const where = `Random history ${numRuns} of ${runs} (seed ${seed}, path ${JSON.stringify(counterexamplePath)}), shortened`;
    throw new Error(`${where}.\n${errorInstance instanceof Error ? errorInstance.message : String(errorInstance)}`);
  });
}

async function play(steps: readonly (Step | "open again")[], conformance: EventStoreConformance): Promise<void> {
  const at = new StoreUnderTest(conformance);
  await at.open();
  try {
    const history = new History(new GaplessStore(at));
    for (const each of steps) {
      if (each !== "open again") await history.take(each);
      else if (conformance.abilities.durable) {
        await at.reopen();
        history.noteReopening();
      }
    }
    for (const each of readingEverything) await history.take(each);
    deepEqual(
      (await collect(at.adapter.verify())).flatMap(({ faults }) => faults),
      [],
      "faults that verify reports",
    );
  } finally {
    await at.dispose();
  }
}
