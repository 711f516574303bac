import type { RetryPolicy, StartFrom } from "../model/event-handler-model";
import type { Answer } from "../ports/answer";
import type { Operation } from "../ports/operations";
import type { ConsumedEvent } from "./consumed-event";

/** What a subscription feeds: a projection, an SQL projector, an event handler. The engine knows nothing else of it. */
export interface Consumer {
  /** The identity of its checkpoints: `AccountSummary.v2`, `WelcomeMail`. */
  readonly subscription: string;
  /** What people call it: `AccountSummary`. */
  readonly name: string;
  readonly kind: "projection" | "sql projector" | "event handler";
  readonly lane: string;
  /** The categories of the aggregates whose events it takes. */
  readonly categories: readonly string[];
  /** Whether events of this stored type are for it. Others move its checkpoint only. */
  wants(type: string): boolean;
  /** Where it starts when it is new to the store; undefined where it must be said: `startFrom`. */
  readonly startFrom: StartFrom | undefined;
  /** How its failures are repeated; those of a pure function are not. */
  readonly retry: RetryPolicy;
  /** How many events it is given at once, at most. */
  readonly batch: number;
  /** How long it may be at work before anything is stored, in milliseconds; absent where it only computes. */
  readonly longestCallMs?: number;
  /**
   * Does what the events ask for, in their order, as far as it gets. The engine stores the operations together with the checkpoint
   * behind the last event that is done, and calls again with the rest.
   */
  consume(events: readonly ConsumedEvent[], attempt: Attempt): Answer<Consumption>;
  /** Called before the first events, and whenever another owner may have written what this one knows of the store. */
  forget?(): void;
}

/** One attempt at a batch. */
export interface Attempt {
  /** The number of the attempt at the first of the events, from 1. */
  readonly number: number;
  /** Aborted when the server stops. */
  readonly signal: AbortSignal;
}

/** How far a consumer got in a batch. */
export interface Consumption {
  /** How many of the events are done, from the first one on. */
  readonly done: number;
  /** What to store with the checkpoint. */
  readonly operations: readonly Operation[];
  /** Called once the operations are stored. */
  readonly stored?: () => void;
  /** Why the next event could not be done. */
  readonly failure?: ConsumerFailure;
}

/** The failure of an event in a consumer. */
export interface ConsumerFailure {
  readonly error: unknown;
  /** The method that failed: `WelcomeMail.send`. */
  readonly place?: string;
  /** Whether trying again can help. It cannot where a pure function failed. */
  readonly isRetryable: boolean;
}
