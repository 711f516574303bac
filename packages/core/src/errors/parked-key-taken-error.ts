import { brandError, DomainError } from "./domain-error";

/** Somebody else has asked for a key that is set aside, and it is being done. Nothing was changed. */
export class ParkedKeyTakenError extends DomainError {
  /** @param details.by who has asked, where that is known. */
  constructor(details: { subscription: string; key: string; by?: string }) {
    const { subscription, key, by } = details;
    const who = by === undefined ? "" : `, asked for by ${JSON.stringify(by)}`;
    super(
      `Key ${JSON.stringify(key)} of ${subscription} is already being retried${who}: wait for what comes of it, as domain.parked() shows`,
      { code: "PARKED_KEY_TAKEN", details },
    );
  }
}

brandError(ParkedKeyTakenError, "ParkedKeyTakenError", 409);
