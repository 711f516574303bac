import type { FailurePolicy } from "../../config/failure-policy";
import type { RetryPolicy, StartFrom } from "../../model/event-handler-model";
import type { Answer } from "../../ports/answer";
import type { Change } from "./change";
import type { ConsumedEvent } from "./consumed-event";

/** What a subscription feeds: a projection, an SQL projector, an event handler, a process manager. The engine knows nothing else of it. */
export interface Consumer {
  /** The identity of its checkpoints: `AccountSummary.v2`, `WelcomeMail`. */
  readonly subscription: string;
  /** What people call it: `AccountSummary`. */
  readonly name: string;
  readonly kind: ConsumerKind;
  readonly lane: string;
  /** The categories of the aggregates whose events it takes. */
  readonly categories: readonly string[];
  /** Whether events of this stored type are for it. Others move its checkpoint only. */
  wants(type: string): boolean;
  /** Where it starts when it is new to the store; undefined where it must be said: `startFrom`. */
  readonly startFrom: StartFrom | undefined;
  /** The identity of the subscription that it takes the place of: it starts where that one stands. */
  readonly replaces?: string | undefined;
  /** How its failures are repeated; those of a pure function are not. */
  readonly retry: RetryPolicy;
  /** What becomes of an event that fails for good: its key is set aside, the subscription stops before it, or it is passed over. */
  readonly onFailure: FailurePolicy;
  /** How many events it is given at once, at most. */
  readonly batch: number;
  /** Whether all of its events stand in one line: it has one bucket then. */
  readonly isOneLine: boolean;
  /**
   * Whether the buckets in hand stay in one line, fed in one batch: what only computes gains by it. Those of others part when a call
   * takes its time, so that it holds up nothing but the keys of its own bucket.
   */
  readonly isGrouped: boolean;
  /** How long it may be at work before anything is stored, in milliseconds; absent where it only computes. */
  readonly longestCallMs?: number;
  /**
   * The keys whose events must keep their order, each once: the rows that the event concerns, or its stream. Never empty. Each lies in
   * one bucket. An event whose keys cannot be told has its aggregate's id, or its stream, for a key; consuming it then fails.
   */
  keysOf(event: ConsumedEvent): readonly string[];
  /** Begins to consume a line of events. Several lines can be under way, of different keys. */
  begin(): Feed;
}

type ConsumerKind = "projection" | "sql projector" | "event handler" | "process manager";

/** One line of events on its way into a consumer. */
export interface Feed {
  /**
   * Does what the events ask for, in their order, as far as it gets. The engine stores the operations together with the checkpoint
   * behind the last event that is done, and calls again with the rest.
   */
  consume(events: readonly ConsumedEvent[], attempt: Attempt): Answer<Consumption>;
  /** Called before the first events, and whenever others may have written what this one knows of the store. */
  forget(): void;
}

/** One attempt at a batch. */
export interface Attempt {
  /** The number of the attempt at the first of the events, from 1. */
  readonly number: number;
  /** Aborted when the server stops, or has lost its buckets. */
  readonly signal: AbortSignal;
  /**
   * Whether another effect may be started: false once the lease of the server has run out. To be asked before each one, because a
   * process that was frozen goes on where it stood, before any timer or signal.
   */
  readonly mayGoOn?: () => boolean;
  /**
   * How long to wait for calls, all of them together. The one in hand then is given back as `pending`, with nothing behind it begun. For as
   * long as it takes where absent.
   */
  readonly patienceMs?: number | undefined;
  /** Which keys are to be done; undefined for all of them. An event none of whose keys is to be done counts as done. */
  readonly takes?: ((key: string) => boolean) | undefined;
}

/** How far a consumer got in a batch. */
export interface Consumption {
  /** How many of the events are done, from the first one on. */
  readonly done: number;
  /** What to store with the checkpoint. */
  readonly operations: readonly Change[];
  /** Called once the operations are stored. */
  readonly stored?: () => void;
  /** Why the next event could not be done. */
  readonly failure?: ConsumerFailure;
  /** What the next events are waiting for. */
  readonly pending?: PendingCall;
}

/** A call that takes its time. */
export interface PendingCall {
  /** The events that it is for: those behind the done ones that are to be done. */
  readonly events: readonly ConsumedEvent[];
  /** What comes of it: how many of its events are done, from the first one on. It never rejects. */
  readonly ended: Promise<Consumption>;
}

/** The failure of an event in a consumer. */
export interface ConsumerFailure {
  readonly error: unknown;
  /** The method that failed: `WelcomeMail.send`. */
  readonly place?: string;
  /** Which of the event's keys failed: the others can go on. The first one that was to be done where absent. */
  readonly key?: string;
  /** How many events were given to the call that failed, this one first, where there were several: any of them may be to blame. */
  readonly among?: number;
  /** Whether trying again can help. It cannot where a pure function failed. */
  readonly isRetryable: boolean;
}
