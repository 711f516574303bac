import { type Behaviours, declareBehaviours } from "../domain-behaviours";
import { abilities } from "../event-store/abilities";
import type { EventStoreConformance } from "../event-store/store-under-test";
import { conflicts } from "./conflicts";
import { idempotency } from "./idempotency";

const behaviours: Behaviours = {
  "the abilities that commands rely on": abilities,
  "commands with an idempotency key": idempotency,
  "conflicts of commands": conflicts,
};

/**
 * Declares the tests that commands have to pass on every event store, through a domain as applications have it,
 * with an aggregate cache and without.
 */
export function commandConformance(conformance: EventStoreConformance): void {
  declareBehaviours({ behaviours, on: conformance });
}
