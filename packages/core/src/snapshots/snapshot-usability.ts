import type { AggregateModel } from "../model/aggregate-model";
import type { SnapshotSearch } from "../ports/loaded-stream";
import type { SnapshotKey, StoredSnapshot } from "../ports/snapshot-store";
import { MigrationFailed, migrateSnapshot } from "./migrate-snapshot";
import type { Snapshot } from "./snapshot";
import { decodeSnapshot, UnreadableSnapshot } from "./snapshot-record";

/** About how many times smaller gzip makes a large state. */
const GZIP_SHRINKS = 8;

/** A snapshot that a load may start from, in the present schema. */
export interface UsableSnapshot {
  readonly snapshot: Snapshot;
  /** The stored snapshot is of an older schema. */
  readonly isMigrated: boolean;
  /** The size of its state as JSON, roughly. */
  readonly stateBytes: number;
}

/** Why a snapshot was not used. */
export type SnapshotMiss =
  /** There was no snapshot of a usable kind: a young aggregate, or an old schema. Counted, without a warning. */
  | "none"
  | "damaged"
  | "foreign"
  | "ahead"
  | "other-history"
  | "schema-version"
  | "fingerprint"
  | "migration"
  | "encoding"
  | "too-large"
  | "read-failed"
  | "read-timeout";

export interface UnusableSnapshot {
  readonly reason: SnapshotMiss;
  readonly explanation: string;
}

/** A snapshot that a load tried and cannot use. */
export interface MissedSnapshot extends UnusableSnapshot {
  /** Undefined where the snapshot could not be read. */
  readonly key: SnapshotKey | undefined;
}

/** Gives the snapshots that a new one replaces. A snapshot that no migration could carry over may serve the older application that wrote it. */
export function discardable(misses: readonly MissedSnapshot[]): readonly SnapshotKey[] {
  return misses.flatMap(({ reason, key }) => (reason === "migration" || key === undefined ? [] : [key]));
}

interface UsabilityBounds {
  /** The id of the event at the snapshot's version; undefined where the stream has none there. */
  readonly eventId: string | undefined;
  /** A state that takes more bytes of JSON is not used. */
  readonly maxStateBytes: number;
}

/** Gives the kinds of snapshots that the code can use: those of its own kind, and of any shape those that its migrations start from. */
export function usableKinds(model: AggregateModel): SnapshotSearch["kinds"] {
  const own = { schemaVersion: model.schemaVersion, fingerprint: model.fingerprint };
  return [own, ...[...model.migrations.keys()].map((schemaVersion) => ({ schemaVersion }))];
}

/** Decides whether a load may start from a snapshot, and migrates it where it is of an older schema. */
export function openSnapshot(
  stored: StoredSnapshot,
  model: AggregateModel,
  id: string,
  { eventId, maxStateBytes }: UsabilityBounds,
): UsableSnapshot | UnusableSnapshot {
  try {
    const snapshot = decodeSnapshot(stored, { maxStateBytes });
    const objection = objectionTo(snapshot, model, id, eventId);
    if (objection !== undefined) return objection;
    const stateBytes = stored.state.length * (snapshot.encoding === "gzip" ? GZIP_SHRINKS : 1);
    if (snapshot.schemaVersion === model.schemaVersion) return { snapshot, isMigrated: false, stateBytes };
    return { snapshot: migrateSnapshot(snapshot, model), isMigrated: true, stateBytes };
  } catch (error) {
    if (error instanceof UnreadableSnapshot) return { reason: error.reason, explanation: error.message };
    if (error instanceof MigrationFailed) return { reason: "migration", explanation: error.message };
    throw error;
  }
}

export function isUsable(opened: UsableSnapshot | UnusableSnapshot): opened is UsableSnapshot {
  return "snapshot" in opened;
}

function objectionTo(
  snapshot: Snapshot,
  model: AggregateModel,
  id: string,
  eventId: string | undefined,
): UnusableSnapshot | undefined {
  const { aggregateType, aggregateId, version, schemaVersion, fingerprint, lastEventId } = snapshot;
  if (aggregateType !== model.name || aggregateId !== id) {
    return { reason: "foreign", explanation: `it is of ${aggregateType} ${JSON.stringify(aggregateId)}` };
  }
  if (schemaVersion !== model.schemaVersion && !model.migrations.has(schemaVersion)) {
    return {
      reason: "schema-version",
      explanation: `its schema version is ${schemaVersion}, the code's ${model.schemaVersion}`,
    };
  }
  if (schemaVersion === model.schemaVersion && fingerprint !== model.fingerprint) {
    return { reason: "fingerprint", explanation: "the aggregate's shape has changed since" };
  }
  if (eventId === undefined)
    return { reason: "ahead", explanation: `it is at version ${version}, where the stream has no event` };
  if (eventId !== lastEventId) {
    return { reason: "other-history", explanation: `event ${version} of the stream is not the one it was made from` };
  }
  return undefined;
}
