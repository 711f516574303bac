import { type Behaviours, declareBehaviours } from "../domain-behaviours";
import type { EventStoreConformance } from "../event-store/store-under-test";
import { followingEvents } from "./following-events";
import { readingEvents } from "./reading-events";

const behaviours: Behaviours = {
  "reading events": readingEvents,
  "following events": followingEvents,
};

/** Declares the tests that `domain.events` has to pass on every event store. */
export function followConformance(conformance: EventStoreConformance): void {
  declareBehaviours({ behaviours, on: conformance });
}
