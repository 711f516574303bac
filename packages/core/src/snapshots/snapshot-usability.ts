import type { AggregateModel } from "../elements/aggregate-model";
import type { StoredSnapshot } from "../event-store/event-store-adapter";
import type { SnapshotMiss } from "../telemetry/snapshot-report";
import type { Snapshot } from "./snapshot";
import { decodeSnapshot, UnreadableSnapshot } from "./snapshot-record";

export interface UnusableSnapshot {
  readonly reason: SnapshotMiss;
  readonly explanation: string;
}

/**
 * Decides whether a load may begin at a snapshot.
 *
 * @param bounds.eventId the id of the event at the snapshot's version; undefined where the stream has none there.
 */
export function openSnapshot(
  stored: StoredSnapshot,
  model: AggregateModel,
  id: string,
  { eventId, maxStateBytes }: { readonly eventId: string | undefined; readonly maxStateBytes: number },
): Snapshot | UnusableSnapshot {
  try {
    const snapshot = decodeSnapshot(stored, { maxStateBytes });
    return objection(snapshot, model, id, eventId) ?? snapshot;
  } catch (error) {
    if (error instanceof UnreadableSnapshot) return { reason: error.reason, explanation: error.message };
    throw error;
  }
}

export function isUsable(opened: Snapshot | UnusableSnapshot): opened is Snapshot {
  return "version" in opened;
}

function objection(
  snapshot: Snapshot,
  model: AggregateModel,
  id: string,
  eventId: string | undefined,
): UnusableSnapshot | undefined {
  const { aggregateType, aggregateId, version, schemaVersion, fingerprint, lastEventId } = snapshot;
  if (aggregateType !== model.name || aggregateId !== id) {
    return { reason: "foreign", explanation: `it is of ${aggregateType} ${JSON.stringify(aggregateId)}` };
  }
  if (schemaVersion !== model.schemaVersion) {
    return {
      reason: "schema-version",
      explanation: `its schema version is ${schemaVersion}, the code's ${model.schemaVersion}`,
    };
  }
  if (fingerprint !== model.fingerprint) {
    return { reason: "fingerprint", explanation: "the aggregate's shape has changed since" };
  }
  if (eventId === undefined)
    return { reason: "ahead", explanation: `it is at version ${version}, where the stream has no event` };
  if (eventId !== lastEventId) {
    return { reason: "other-history", explanation: `event ${version} of the stream is not the one it was made from` };
  }
  return undefined;
}
