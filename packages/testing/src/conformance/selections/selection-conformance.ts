import { type Behaviours, declareBehaviours } from "../domain-behaviours";
import type { EventStoreConformance, StoreUnderTest } from "../event-store/store-under-test";
import { WAYS } from "./products-under-test";
import { rowsBuiltLater } from "./rows-built-later";
import { selecting } from "./selecting";
import { selectionsInUnits } from "./selections-in-units";

const behaviours: Behaviours = {
  ...Object.fromEntries(
    Object.entries(WAYS).flatMap(([way, storage]) => [
      [`selections of aggregates ${way}`, (at: StoreUnderTest) => selecting(at, storage)],
      [`selections in a unit of work, of aggregates ${way}`, (at: StoreUnderTest) => selectionsInUnits(at, storage)],
    ]),
  ),
  "rows of aggregates that were stored as events before": rowsBuiltLater,
};

/** Declares the tests that selections of aggregates have to pass on every event store with operations. */
export function selectionConformance(conformance: EventStoreConformance): void {
  declareBehaviours({ behaviours, on: conformance });
}
