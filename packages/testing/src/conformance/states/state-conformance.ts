import type { AggregateOptions } from "@tidemark/core";

import { type Behaviours, declareBehaviours } from "../domain-behaviours";
import type { EventStoreConformance, StoreUnderTest } from "../event-store/store-under-test";
import { deletingStates } from "./deleting-states";
import { repositories } from "./repositories";
import { savingTogether } from "./saving-together";
import { storingBoth } from "./storing-both";
import { storingStates } from "./storing-states";

const WAYS: Readonly<Record<string, AggregateOptions>> = {
  "stored as events": { stored: "events" },
  "stored as state": { stored: "state" },
  "stored as both, truth events": { stored: "both", truth: "events" },
  "stored as both, truth state": { stored: "both", truth: "state" },
};

const behaviours: Behaviours = {
  ...Object.fromEntries(
    Object.entries(WAYS).map(([way, storage]) => [
      `repositories of aggregates ${way}`,
      (at: StoreUnderTest) => repositories(at, storage),
    ]),
  ),
  "saves of aggregates that are stored as their state": storingStates,
  "deletions of aggregates that are stored as their state": deletingStates,
  "units of work over aggregates that are stored in different ways": savingTogether,
  "saves of aggregates that are stored as both": storingBoth,
};

/**
 * Declares the tests that aggregates have to pass on every event store with operations: first those that hold however aggregates are stored,
 * then those of aggregates with rows. They run through a domain as applications have it, with an aggregate cache and without.
 */
export function stateConformance(conformance: EventStoreConformance): void {
  declareBehaviours({ behaviours, on: conformance });
}
