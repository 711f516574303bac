import { reasonOf } from "../wording/in-words";
import { brandError, DomainError } from "./domain-error";

/** The event that a subscription has stopped before. */
interface StoppingEvent {
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
}

/** How many keys a subscription has set aside. */
interface TooManyKeys {
  kind: string;
  subscription: string;
  keysAside: number;
  /** Where it has stopped. */
  globalPosition: number;
}

/**
 * A subscription has stopped: before an event that failed for good, whose failure is the `cause`, or because so many of its keys are set
 * aside that something else must be wrong.
 */
export class SubscriptionStoppedError extends DomainError {
  /** The name of the projection or handler. */
  readonly subscription: string;
  /** The stored type of the event; empty where too many keys are set aside. */
  readonly type: string;
  readonly globalPosition: number;

  constructor(details: StoppingEvent | TooManyKeys, cause?: unknown) {
    const { kind, subscription, globalPosition } = details;
    const start = `${kind.charAt(0).toUpperCase()}${kind.slice(1)} ${subscription} has stopped: `;
    super(start + ("place" in details ? eventFault(details, cause) : keysFault(details)), {
      code: "SUBSCRIPTION_STOPPED",
      details: { ...details },
      cause,
    });
    this.subscription = subscription;
    this.type = "type" in details ? details.type : "";
    this.globalPosition = globalPosition;
  }
}

function eventFault(
  { place, type, stream, position, globalPosition, attempts }: StoppingEvent,
  cause: unknown,
): string {
  const times = attempts > 1 ? ` ${attempts} times` : "";
  return (
    `${place} failed${times} on event ${JSON.stringify(type)} at global position ${globalPosition}, position ${position} of stream ` +
    `${JSON.stringify(stream)}: ${reasonOf(cause)}. Its checkpoint is before that event; correct the cause, and start the server again`
  );
}

function keysFault({ subscription, keysAside, globalPosition }: TooManyKeys): string {
  return (
    `${keysAside} of its keys are set aside, as many as [subscriptions] max_parked_keys allows; it stands at global position ` +
    `${globalPosition}. See what failed with \`domain parked list\`, correct the cause, and do them again with ` +
    `\`domain parked retry ${subscription} --all\`; then start the server again. A larger max_parked_keys lets it go on as it is`
  );
}

brandError(SubscriptionStoppedError, "SubscriptionStoppedError");
