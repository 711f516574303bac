export { PostgresEventStore } from "./postgres-event-store";
export { provider } from "./provider";
export type { PostgresEventStoreOptions } from "./settings";
