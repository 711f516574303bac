import { type Behaviours, declareBehaviours } from "../domain-behaviours";
import type { EventStoreConformance } from "../event-store/store-under-test";
import { declaringLater } from "./declaring-later";
import { racing } from "./racing";
import { reserving } from "./reserving";

const behaviours: Behaviours = {
  "unique constraints of event-sourced aggregates": reserving,
  "unique constraints of event-sourced aggregates that race": racing,
  "a domain with unique constraints that were declared later": declaringLater,
};

/**
 * Declares the tests that unique constraints of aggregates have to pass on every event store, through a domain as applications have it,
 * with an aggregate cache and without.
 */
export function uniqueConformance(conformance: EventStoreConformance): void {
  declareBehaviours({ behaviours, on: conformance });
}
