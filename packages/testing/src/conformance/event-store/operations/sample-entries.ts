import type { ClaimedEntry, Enqueue, EntryChange, NewQueueEntry, Operation, QueueEntry } from "@tidemark/core/adapter";

/** An entry as it is stored, before anybody has claimed it. */
export function entry(id: string, more: Partial<QueueEntry> = {}): QueueEntry {
  return {
    id,
    lane: "default",
    type: "Conformance.Note.v1",
    priority: 0,
    dueAt: 0,
    number: 0,
    state: "waiting",
    attempts: 0,
    claims: 0,
    begins: 0,
    revision: 0,
    data: JSON.stringify({ id }),
    ...more,
  };
}

/** Adds an entry with the parts of one that is stored. @param times in the place of those at which that is due and expires. */
export function enqueue(
  { id, lane, type, priority, dueAt, expiresAt, line, number, data }: QueueEntry,
  { replaces, ...times }: Pick<Enqueue, "replaces"> & Partial<Pick<NewQueueEntry, "due" | "expires">> = {},
): Operation {
  const due = { at: dueAt };
  const expires = expiresAt === undefined ? undefined : { at: expiresAt };
  return {
    kind: "enqueue",
    entry: { id, lane, type, priority, line, number, data, due, expires, ...times },
    ...(replaces !== undefined && { replaces }),
  };
}

/** @param expected the revision that is stored. @param change absent to take the entry out. */
export function settle(id: string, expected: number, change?: EntryChange): Operation {
  return { kind: "settleEntry", id, expected, ...(change && { change }) };
}

/** An entry that a store has given, without the parts that are undefined. */
export function asEntry<E extends QueueEntry | ClaimedEntry>(stored: E): E {
  return Object.fromEntries(Object.entries(stored).filter(([, value]) => value !== undefined)) as E;
}
