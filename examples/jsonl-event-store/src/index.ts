export { JsonlEventStore, type JsonlSettings } from "./jsonl-event-store";
export { provider } from "./provider";
