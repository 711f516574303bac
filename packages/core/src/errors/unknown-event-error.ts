import { brandError, DomainError } from "./domain-error";

/** A stored event is of a type that the loading code declares no class for. */
export class UnknownEventError extends DomainError {
  /** The stored type, such as `Fidelis.DepositMade.v1`. */
  readonly type: string;
  readonly stream: string;
  readonly position: number;

  constructor(details: { type: string; stream: string; position: number; aggregate: string }) {
    const { type, stream, position, aggregate } = details;
    super(
      `Cannot fold event ${JSON.stringify(type)} at position ${position} of stream ${JSON.stringify(stream)}: ` +
        `${aggregate} has no event of that type; declare and apply it, or give its class the stored name`,
      { code: "UNKNOWN_EVENT", details },
    );
    this.type = type;
    this.stream = stream;
    this.position = position;
  }
}

brandError(UnknownEventError, "UnknownEventError");
