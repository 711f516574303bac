import { abilities } from "../event-store/abilities";
import { type EventStoreConformance, StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { conflicts } from "./conflicts";
import { idempotency } from "./idempotency";

const behaviours: Readonly<Record<string, (at: StoreUnderTest) => void>> = {
  "the abilities that commands rely on": abilities,
  "commands with an idempotency key": idempotency,
  "conflicts of commands": conflicts,
};

/** Declares the tests that commands have to pass on every event store, through a domain as applications have it. */
export function commandConformance(conformance: EventStoreConformance): void {
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
