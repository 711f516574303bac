import type { FailurePolicy } from "../config/failure-policy";
import type { Class, Resolvable } from "../metadata/class-types";
import type { AggregateModel } from "./aggregate-model";

/** A registered event handler, checked and prepared. */
export interface EventHandlerModel {
  /** The name of its subscription. */
  readonly name: string;
  readonly lane: string;
  /** Undefined where it does not say. */
  readonly startFrom: StartFrom | undefined;
  /** The name of the handler in whose place it goes on. */
  readonly replaces?: string | undefined;
  /** What its events are kept in order by: their streams, all of them, or what a function gives; the stream where that gives nothing. */
  readonly sequentialBy: "stream" | "all" | ((event: object) => unknown);
  /** What it says about repeating a failed event; the configuration decides the rest. */
  readonly retry: Partial<RetryPolicy>;
  /** What becomes of an event that has failed for good; the configuration decides where it does not say. */
  readonly onFailure?: FailurePolicy | undefined;
  /** How long one call may take, in milliseconds; the configuration decides where it does not say. */
  readonly timeoutMs: number | undefined;
  /** What is called for an event, by its stored type: earlier versions and names included. */
  readonly methods: ReadonlyMap<string, readonly HandlingMethod[]>;
  /** What is called for every event of the domain. */
  readonly ofAll: readonly HandlingMethod[];
  /** The aggregates whose events it takes. */
  readonly sources: readonly AggregateModel[];
  /** The class, or the function that `domain.on` was given. */
  readonly handler: { readonly type: Resolvable } | { readonly call: (event: object, context: object) => unknown };
}

/** A method of an event handler. */
export interface HandlingMethod {
  /** The method as sentences name it: `WelcomeMail.send`. */
  readonly place: string;
  /** Undefined for a function. */
  readonly method: string | symbol | undefined;
  /** The event class; undefined for all events. */
  readonly event: Class | undefined;
  /** Whether it takes arrays of events and of contexts. */
  readonly isBatch: boolean;
}

/** Where a new subscription starts: at the first event, behind the newest one, or behind a global position. */
export type StartFrom = "beginning" | "now" | number;

/** How often and when a failed event is tried again. */
export interface RetryPolicy {
  /** How many times it is tried again after the first attempt. */
  readonly attempts: number;
  /** The pause before the first repetition; each further one is twice as long, and varies by up to a quarter. */
  readonly firstMs: number;
  /** The longest pause. */
  readonly maxMs: number;
}
