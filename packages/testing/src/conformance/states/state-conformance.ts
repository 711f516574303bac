import { type Behaviours, declareBehaviours } from "../domain-behaviours";
import type { EventStoreConformance } from "../event-store/store-under-test";
import { deletingStates } from "./deleting-states";
import { savingTogether } from "./saving-together";
import { storingBoth } from "./storing-both";
import { storingStates } from "./storing-states";

const behaviours: Behaviours = {
  "saves of aggregates that are stored as their state": storingStates,
  "deletions of aggregates that are stored as their state": deletingStates,
  "units of work over aggregates that are stored in different ways": savingTogether,
  "saves of aggregates that are stored as both": storingBoth,
};

/**
 * Declares the tests that aggregates with rows have to pass on every event store, through a domain as applications have it, with an
 * aggregate cache and without.
 */
export function stateConformance(conformance: EventStoreConformance): void {
  declareBehaviours({ behaviours, on: conformance });
}
