import type { RecordedMessage } from "../ports/stored-message";

/** Takes the highest global position that a unit of work has appended, and what gives its events. */
export type Committed = (globalPosition: number, events: () => readonly RecordedMessage[]) => void;
