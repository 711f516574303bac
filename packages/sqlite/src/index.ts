export { provider } from "./provider";
export { SqliteEventStore, type SqliteSettings } from "./sqlite-event-store";
