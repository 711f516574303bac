import { type Behaviours, declareBehaviours } from "../domain-behaviours";
import type { EventStoreConformance } from "../event-store/store-under-test";
import { extending } from "./extending";
import { moving } from "./moving";
import { releases } from "./releases";

const behaviours: Behaviours = {
  "extending the tables of aggregates": extending,
  "moving the rows of aggregates": moving,
  "releases with different tables of aggregates": releases,
};

/**
 * Declares the tests that migrations of stored aggregates have to pass on every event store: releases with different shapes are domains
 * that use one store at the same time.
 */
export function migrationConformance(conformance: EventStoreConformance): void {
  declareBehaviours({ behaviours, on: conformance });
}
