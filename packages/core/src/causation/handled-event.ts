import { AsyncLocalStorage } from "node:async_hooks";

import type { EventMetadata, EventReference } from "../elements/event-metadata";
import { type Cause, causeOfHandling } from "./cause";

interface EventInHand {
  readonly eventId: string;
  readonly type: string;
  readonly globalPosition: number;
  readonly metadata: EventMetadata;
}

/** An event that a handler is at work on. What the handler causes is caused by the event. */
export class HandledEvent {
  private made: Cause | undefined;

  constructor(
    readonly event: EventInHand,
    /** The name of the handler, which is that of its subscription. */
    readonly handler: string,
  ) {}

  /** The cause of what the handler does, made at the first use. */
  get cause(): Cause {
    const { eventId, type, metadata } = this.event;
    const reference: EventReference = { eventId, type, handler: this.handler };
    this.made ??= causeOfHandling(reference, metadata);
    return this.made;
  }
}

/** One storage for all domains: up to Node 22, each that was ever used costs time with every new promise. */
const inHand = new AsyncLocalStorage<HandledEvent>();

/** Returns the event that the running code handles; undefined outside of event handlers. */
export function handledEvent(): HandledEvent | undefined {
  return inHand.getStore();
}

/** Runs `body`, across awaits, as the handling of an event. */
export function whileHandling<T>(event: HandledEvent, body: () => T): T {
  return inHand.run(event, body);
}
