import { type EventStoreConformance, StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { creation } from "./creation";
import { failing } from "./failing";
import { racing } from "./racing";
import { schema } from "./schema";
import { unusable } from "./unusable";
import { using } from "./using";
import { writing } from "./writing";

const behaviours: Readonly<Record<string, (at: StoreUnderTest) => void>> = {
  "a snapshot": writing,
  "a snapshot in use": using,
  "a snapshot that cannot be used": unusable,
  "snapshot failures": failing,
  "snapshot races": racing,
  "the schema of a snapshot": schema,
  "snapshot creation": creation,
};

/** Declares the tests that snapshots have to pass on every event store, through a domain as applications have it. */
export function snapshotConformance(conformance: EventStoreConformance): void {
  const { describe, beforeEach, afterEach } = testRunner();
  for (const [title, declare] of Object.entries(behaviours)) {
    describe(`${title} on ${conformance.name}`, () => {
      const at = new StoreUnderTest(conformance);
      beforeEach(() => at.open());
      afterEach(() => at.dispose());
      declare(at);
    });
  }
}
