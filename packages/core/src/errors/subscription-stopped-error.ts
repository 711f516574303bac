import { reasonOf } from "../wording/in-words";
import { brandError, DomainError } from "./domain-error";

/** A subscription has stopped before an event that failed for good. The failure is its `cause`. */
export class SubscriptionStoppedError extends DomainError {
  /** The name of the projection or handler. */
  readonly subscription: string;
  /** The stored type of the event. */
  readonly type: string;
  readonly globalPosition: number;

  constructor(
    details: {
      /** `event handler`, `projection`. */
      kind: string;
      subscription: string;
      /** The method that failed: `WelcomeMail.send`. */
      place: string;
      type: string;
      stream: string;
      position: number;
      globalPosition: number;
      attempts: number;
    },
    cause: unknown,
  ) {
    const { kind, subscription, place, type, stream, position, globalPosition, attempts } = details;
    const times = attempts > 1 ? ` ${attempts} times` : "";
    super(
      `${kind.charAt(0).toUpperCase()}${kind.slice(1)} ${subscription} has stopped: ${place} failed${times} on event ${JSON.stringify(type)} at ` +
        `global position ${globalPosition}, position ${position} of stream ${JSON.stringify(stream)}: ${reasonOf(cause)}. ` +
        "Its checkpoint is before that event; correct the cause, and start the server again",
      { code: "SUBSCRIPTION_STOPPED", details, cause },
    );
    this.subscription = subscription;
    this.type = type;
    this.globalPosition = globalPosition;
  }
}

brandError(SubscriptionStoppedError, "SubscriptionStoppedError");
