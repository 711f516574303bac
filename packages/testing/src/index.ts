/**
 * What tests a domain, under any test runner, and the suites that every event store has to pass.
 *
 * @module @tidemark/testing
 */

export { eventStoreConformance } from "./conformance/event-store/event-store-conformance";
export type { EventStoreConformance, OpenedStore } from "./conformance/event-store/store-under-test";
export { factConformance } from "./conformance/facts/fact-conformance";
export { snapshotConformance } from "./conformance/snapshots/snapshot-conformance";
export { countingIds } from "./doubles/counting-ids";
export { type FixedClock, fixedClock } from "./doubles/fixed-clock";
export { type Given, given } from "./given/given";
export type { GivenResult } from "./given/given-result";
