import { brandError, DomainError } from "./domain-error";

/** A server cannot listen where it is told to: the port is in use, the address is not one of this machine, the right is missing. */
export class AddressUnavailableError extends DomainError {
  /**
   * @param details.attempted the start of the message: `Cannot tell the health of this server`.
   * @param details.reason the cause, and what to do about it.
   */
  constructor(details: { attempted: string; address: string; reason: string }, cause?: unknown) {
    const { attempted, address, reason } = details;
    super(`${attempted} on ${address}: ${reason}`, { code: "ADDRESS_UNAVAILABLE", details, cause });
  }
}

brandError(AddressUnavailableError, "AddressUnavailableError");
