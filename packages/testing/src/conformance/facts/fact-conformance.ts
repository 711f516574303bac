import { type EventStoreConformance, StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { reading } from "./reading";
import { recording } from "./recording";

const behaviours: Readonly<Record<string, (at: StoreUnderTest) => void>> = {
  "recording facts": recording,
  "reading facts": reading,
};

/** Declares the tests that fact events have to pass on every event store, through a domain as applications have it. */
export function factConformance(conformance: EventStoreConformance): void {
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
