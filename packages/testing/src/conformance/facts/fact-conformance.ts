import { type Behaviours, declareBehaviours } from "../domain-behaviours";
import type { EventStoreConformance } from "../event-store/store-under-test";
import { reading } from "./reading";
import { recording } from "./recording";

const behaviours: Behaviours = {
  "recording facts": recording,
  "reading facts": reading,
};

/**
 * Declares the tests that fact events have to pass on every event store, through a domain as applications have it,
 * with an aggregate cache and without.
 */
export function factConformance(conformance: EventStoreConformance): void {
  declareBehaviours({ behaviours, on: conformance });
}
