import { type Behaviours, declareBehaviours } from "../domain-behaviours";
import type { EventStoreConformance } from "../event-store/store-under-test";
import { stepping } from "./stepping";
import { timing } from "./timing";

const behaviours: Behaviours = {
  "the steps of process managers": stepping,
  "the timers of process managers": timing,
};

/**
 * Declares the tests that process managers and timers have to pass on every event store with operations: through a domain as applications
 * have it.
 */
export function processConformance(conformance: EventStoreConformance): void {
  declareBehaviours({ behaviours, on: conformance });
}
