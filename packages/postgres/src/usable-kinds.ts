import type { SnapshotSearch } from "@tidemark/core";

import { integerArray, textArray } from "./binary-arrays";
import type { Sharing } from "./pooled-connection";

/** The kinds of snapshots that a load asks for, as its statement takes them. */
export interface UsableKinds {
  /** Schema versions of which any shape will do. */
  readonly anyOfVersion: Buffer;
  readonly exact: Buffer;
  readonly isOne: boolean;
  /** By the page's limit: loads of one kind share a statement with those that ask for the same. */
  readonly sharings: Map<number, Sharing>;
}

export function usableKinds(kinds: SnapshotSearch["kinds"]): UsableKinds {
  const anyOfVersion: number[] = [];
  const exact: string[] = [];
  for (const { schemaVersion, fingerprint } of kinds) {
    if (fingerprint === undefined) anyOfVersion.push(schemaVersion);
    else exact.push(`${schemaVersion} ${fingerprint}`);
  }
  return {
    anyOfVersion: integerArray(anyOfVersion),
    exact: textArray(exact),
    isOne: anyOfVersion.length === 0 && exact.length === 1,
    sharings: new Map(),
  };
}
