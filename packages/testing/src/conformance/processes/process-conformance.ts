import { type Behaviours, declareBehaviours } from "../domain-behaviours";
import type { EventStoreConformance } from "../event-store/store-under-test";
import { stepping } from "./stepping";

const behaviours: Behaviours = {
  "the steps of process managers": stepping,
};

/**
 * Declares the tests that process managers and timers have to pass on every event store with operations: through a domain as applications
 * have it.
 */
export function processConformance(conformance: EventStoreConformance): void {
  declareBehaviours({ behaviours, on: conformance });
}
