import { brandError, DomainError } from "./domain-error";

/** A stored event is of a type that the loading code neither declares nor skips. */
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
    /** Of an event whose name is known, the version in which the code has it. */
    knownVersion?: number;
  }) {
    const { type, stream, position, aggregate, knownVersion } = details;
    const finding =
      knownVersion === undefined
        ? `${aggregate} has no event of that type. Declare and apply it, add its name to "formerly" of the event it has ` +
          `become, or to "skipEvents" of ${aggregate} if its state does without it`
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
