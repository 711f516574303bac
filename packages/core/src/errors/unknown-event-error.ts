import { brandError, DomainError } from "./domain-error";

/** A stored event has a type that the code neither declares nor skips. */
export class UnknownEventError extends DomainError {
  /** The stored type, such as `Fidelis.DepositMade.v1`. */
  readonly type: string;
  readonly stream: string;
  readonly position: number;

  constructor(details: {
    type: string;
    stream: string;
    position: number;
    aggregate: string;
    /** The version that the code has of an event with this name; absent where it has none. */
    knownVersion?: number;
  }) {
    const { type, stream, position, aggregate, knownVersion } = details;
    const finding =
      knownVersion === undefined
        ? `${aggregate} has no event of that type. Declare and apply it, add its name to "formerly" of the event that ` +
          `replaced it, or to "skipEvents" of ${aggregate} if its state does not need it`
        : `${aggregate} knows that event up to version ${knownVersion}. A newer version of the application wrote it: deploy that one`;
    super(
      `Cannot fold event ${JSON.stringify(type)} at position ${position} of stream ${JSON.stringify(stream)}: ${finding}`,
      { code: "UNKNOWN_EVENT", details },
    );
    this.type = type;
    this.stream = stream;
    this.position = position;
  }
}

brandError(UnknownEventError, "UnknownEventError");
