import type { ConsumedEvent } from "../subscriptions/reading/consumed-event";

/** What comes to an instance: an event of an aggregate, or one of its own stream: a timer that has fired, a command that was refused. */
export type ProcessEvent = Omit<ConsumedEvent, "message">;
