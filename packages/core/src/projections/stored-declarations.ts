import { ExpectedVersionError } from "../errors/expected-version-error";
import { streamOf } from "../event-store/stream-names";
import { namePrefixes } from "../model/names";
import type { OperationStores } from "../ports/operation-stores";
import type { DeleteState, PutState } from "../ports/operations";
import type { StoredState } from "../ports/state-store";
import type { StreamRef } from "../ports/stored-message";
import type { DeclarationRecord } from "./declaration-record";

/** A record with the state that holds it. */
export interface StoredDeclaration {
  readonly record: DeclarationRecord;
  readonly stored: StoredState;
}

/** What a store keeps of how projections are declared: a record for each version, by its subscription. */
export class StoredDeclarations {
  constructor(
    private readonly domain: string,
    private readonly operations: Pick<OperationStores, "flush" | "states">,
  ) {}

  async of(subscription: string): Promise<StoredDeclaration | undefined> {
    const stored = await this.operations.states.load(this.#ref(subscription));
    return stored && { stored, record: JSON.parse(stored.data) as DeclarationRecord };
  }

  /** Makes the operation that stores a record. It is refused where another process has stored one since `known`. */
  putting(subscription: string, record: DeclarationRecord, known: StoredDeclaration | undefined): PutState {
    const version = (known?.stored.version ?? -1) + 1;
    const state = { ...this.#ref(subscription), version, data: JSON.stringify(record) };
    return { kind: "putState", state, expectedVersion: version - 1 };
  }

  /** Makes the operation that removes a record. */
  removing({ stored: { stream, version } }: StoredDeclaration): DeleteState {
    return { kind: "deleteState", stream, expectedVersion: version };
  }

  /** Changes a record, where it is there and the change is one. Another process may change it at the same time. */
  async change(subscription: string, changed: (record: DeclarationRecord) => DeclarationRecord): Promise<void> {
    for (;;) {
      const known = await this.of(subscription);
      if (known === undefined) return;
      const record = changed(known.record);
      if (JSON.stringify(record) === known.stored.data) return;
      try {
        return await this.operations.flush([this.putting(subscription, record, known)]);
      } catch (error) {
        if (!(error instanceof ExpectedVersionError)) throw error;
      }
    }
  }

  #ref(subscription: string): StreamRef {
    return streamOf(`${namePrefixes(this.domain).streams}projection`, subscription);
  }
}
