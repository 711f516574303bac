import { type Behaviours, declareBehaviours } from "../domain-behaviours";
import type { EventStoreConformance } from "../event-store/store-under-test";
import type { Storing } from "./customers-under-test";
import { declaringLater } from "./declaring-later";
import { keeping } from "./keeping";
import { racing } from "./racing";
import { reserving } from "./reserving";

const STORED: Readonly<Record<string, Storing>> = {
  "stored as events": { eventSourced: true },
  "stored as state": { stored: "state" },
  "stored as both, truth events": { stored: "both", truth: "events" },
  "stored as both, truth state": { stored: "both", truth: "state" },
};

const behaviours: Behaviours = {
  ...Object.fromEntries(
    Object.entries(STORED).flatMap(([stored, storing]): (readonly [string, Behaviours[string]])[] => [
      [`unique constraints of aggregates ${stored}`, (at) => keeping(at, storing)],
      [`unique constraints of aggregates ${stored} that race`, (at) => racing(at, storing)],
    ]),
  ),
  "unique constraints that reservations keep": reserving,
  "unique constraints that were declared later": declaringLater,
};

/**
 * Declares the tests that unique constraints of aggregates have to pass on every event store, through a domain as applications have it,
 * with an aggregate cache and without.
 */
export function uniqueConformance(conformance: EventStoreConformance): void {
  declareBehaviours({ behaviours, on: conformance });
}
