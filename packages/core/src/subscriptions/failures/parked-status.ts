import type { ParkedKey } from "../../ports/subscription-store";
import type { FailureClass } from "./failure-class";
import { type ParkedError, recordIn } from "./parked-record";

/** A key whose events wait: what `domain.parked()` lists. */
export interface ParkedKeyStatus {
  /** The name of the projection or handler. */
  readonly subscription: string;
  /** The key that waits: the id of a row, a stream, or what `sequentialBy` gave. */
  readonly key: string;
  /** The global position of the event that failed. The events of the key wait from it on. */
  readonly position: number;
  /**
   * `waiting`: it is tried again at `dueAt`. `parked`: until somebody asks, by `retryParked` or `skipParked`. `retrying`, `skipping`:
   * somebody has asked.
   */
  readonly state: "waiting" | "parked" | "retrying" | "skipping";
  /** How many times the event was tried. */
  readonly attempts: number;
  /** What kind of failure it is. */
  readonly class: FailureClass;
  readonly error: ParkedError;
  /** The method that failed: `WelcomeMail.send`. */
  readonly place: string;
  /** The stored type of the event. */
  readonly type: string;
  readonly stream: string;
  readonly eventId: string;
  /** When it failed the first time. */
  readonly parkedAt: Date;
  /** When a waiting key is tried again. */
  readonly dueAt?: Date;
  /** Who has asked, where somebody said so. */
  readonly by?: string;
  /** Why the event is to be skipped. */
  readonly reason?: string;
}

/** An event that was passed over: what `domain.skipped()` lists. */
export interface SkippedEventStatus extends Omit<ParkedKeyStatus, "state" | "dueAt" | "by" | "reason"> {
  /** Who has skipped it; undefined where `onFailure: "skip"` has. */
  readonly by?: string;
  readonly reason?: string;
  readonly skippedAt: Date;
}

const STATES = {
  waiting: "waiting",
  parked: "parked",
  retry: "retrying",
  skip: "skipping",
  skipped: "skipping",
} as const;

/** Says how a key is set aside. @param name what people call its subscription. */
export function parkedStatus(parked: Omit<ParkedKey, "revision">, name: string): ParkedKeyStatus {
  const { state, dueAt } = parked;
  return {
    ...failureIn(parked, name),
    state: STATES[state],
    ...(state === "waiting" && dueAt !== undefined && { dueAt: new Date(dueAt) }),
  };
}

/** Says which event was skipped, and why. */
export function skippedStatus(parked: Omit<ParkedKey, "revision">, name: string): SkippedEventStatus {
  const { askedAt, parkedAt } = recordIn(parked);
  return { ...failureIn(parked, name), skippedAt: new Date(askedAt ?? parkedAt) };
}

function failureIn(parked: Omit<ParkedKey, "revision">, name: string) {
  const { key, position, attempts } = parked;
  const record = recordIn(parked);
  const { class: kind, error, place, type, stream, eventId, parkedAt, askedBy: by, reason } = record;
  return {
    subscription: name,
    ...{ key, position, attempts, class: kind, error, place, type, stream, eventId },
    parkedAt: new Date(parkedAt),
    ...(by !== undefined && { by }),
    ...(reason !== undefined && { reason }),
  };
}
