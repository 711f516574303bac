import { type Behaviours, declareBehaviours } from "../domain-behaviours";
import type { EventStoreConformance } from "../event-store/store-under-test";
import { failing } from "./failing";
import { running } from "./running";
import { scheduling } from "./scheduling";

const behaviours: Behaviours = {
  "commands that run later": running,
  "commands that run later and fail": failing,
  "commands that are scheduled": scheduling,
};

/**
 * Declares the tests that commands which run later have to pass on every event store with operations: through a domain as applications have
 * it.
 */
export function laterConformance(conformance: EventStoreConformance): void {
  declareBehaviours({ behaviours, on: conformance });
}
