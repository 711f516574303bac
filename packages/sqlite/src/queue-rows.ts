import type { QueueEntry, QueueEntryState } from "@tidemark/core/adapter";

/** In the order of `QueueRow`. */
export const QUEUE_COLUMNS =
  "id, lane, type, priority, due_at, expires_at, line, number, state, attempts, claims, begins, revision, " +
  "claimed_by, claimed_until, finished_at, data, outcome";

export type QueueRow = [
  id: string,
  lane: string,
  type: string,
  priority: number,
  dueAt: number,
  expiresAt: number | null,
  line: string | null,
  number: number,
  state: QueueEntryState,
  attempts: number,
  claims: number,
  begins: number,
  revision: number,
  claimedBy: string | null,
  claimedUntil: number | null,
  finishedAt: number | null,
  data: string,
  outcome: string | null,
];

export function entryIn(row: QueueRow): QueueEntry {
  const [id, lane, type, priority, dueAt, expiresAt, line, number, state, attempts, claims, begins, ...rest] = row;
  const [revision, claimedBy, claimedUntil, finishedAt, data, outcome] = rest;
  return {
    id,
    lane,
    type,
    priority,
    dueAt,
    ...(expiresAt !== null && { expiresAt }),
    ...(line !== null && { line }),
    number,
    state,
    attempts,
    claims,
    begins,
    revision,
    ...(claimedBy !== null && { claimedBy }),
    ...(claimedUntil !== null && { claimedUntil }),
    data,
    ...(outcome !== null && { outcome }),
    ...(finishedAt !== null && { finishedAt }),
  };
}
