import { streamOf } from "../event-store/stream-names";
import { namePrefixes } from "../model/names";
import type { ProjectionModel } from "../model/projection-model";
import type { OperationStores, PutState } from "../ports/operations";
import type { StoredState } from "../ports/state-store";
import type { StreamRef } from "../ports/stored-message";
import type { DeclarationRecord } from "./declaration-record";
import { subscriptionOf } from "./projection-consumer";

/** A record of how a projection is declared, as it was found in the store. */
export interface KnownDeclaration {
  readonly record: DeclarationRecord;
  readonly stored: StoredState;
}

interface DomainAndStore {
  /** The name of the domain. */
  readonly domain: string;
  readonly operations: Pick<OperationStores, "states">;
}

/** Reads how a projection was declared at the last start; undefined before the first one. */
export async function storedDeclaration(
  model: ProjectionModel,
  { domain, operations }: DomainAndStore,
): Promise<KnownDeclaration | undefined> {
  const stored = await operations.states.load(declarationRef(model, domain));
  return stored && { stored, record: JSON.parse(stored.data) as DeclarationRecord };
}

/** Makes the operation that puts a record in the place of the one that was found. */
export function putDeclaration(
  model: ProjectionModel,
  known: KnownDeclaration | undefined,
  record: DeclarationRecord,
  { domain }: Pick<DomainAndStore, "domain">,
): PutState {
  const version = (known?.stored.version ?? -1) + 1;
  const state = { ...declarationRef(model, domain), version, data: JSON.stringify(record) };
  return { kind: "putState", state, expectedVersion: version - 1 };
}

function declarationRef(model: ProjectionModel, domain: string): StreamRef {
  return streamOf(`${namePrefixes(domain).streams}projection`, subscriptionOf(model));
}
