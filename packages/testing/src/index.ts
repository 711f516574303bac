export { eventStoreConformance } from "./conformance/event-store/event-store-conformance";
export type { EventStoreConformance, OpenedStore } from "./conformance/event-store/store-under-test";
export { snapshotConformance } from "./conformance/snapshots/snapshot-conformance";
