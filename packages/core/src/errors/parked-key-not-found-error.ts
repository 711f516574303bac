import { brandError, DomainError } from "./domain-error";

/** No event of this key waits: it was never set aside, or it has come back. */
export class ParkedKeyNotFoundError extends DomainError {
  constructor(details: { subscription: string; key: string }) {
    const { subscription, key } = details;
    super(
      `Key ${JSON.stringify(key)} of ${subscription} is not set aside: no event of it failed, or it has come back. domain.parked() lists what is`,
      { code: "PARKED_KEY_NOT_FOUND", details },
    );
  }
}

brandError(ParkedKeyNotFoundError, "ParkedKeyNotFoundError", 404);
