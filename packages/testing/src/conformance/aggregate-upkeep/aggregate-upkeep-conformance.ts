import { type Behaviours, declareBehaviours } from "../domain-behaviours";
import type { EventStoreConformance } from "../event-store/store-under-test";
import { converting } from "./converting";
import { randomHistories } from "./random-histories";
import { verifying } from "./verifying";

const behaviours: Behaviours = {
  "verifying aggregates": verifying,
  "converting aggregates": converting,
  "random histories of aggregates that are stored as both": randomHistories,
};

/** Declares the tests that verifications and conversions of aggregates have to pass on every event store with operations. */
export function aggregateUpkeepConformance(conformance: EventStoreConformance): void {
  declareBehaviours({ behaviours, on: conformance });
}
