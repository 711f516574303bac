import { OperationConflictError } from "@tidemark/core";
import type {
  ClaimExtension,
  ClaimedEntry,
  Enqueue,
  OverdueEntries,
  QueueClaim,
  QueueCount,
  QueueEntry,
  QueuePage,
  QueueTime,
  SettleEntry,
} from "@tidemark/core/adapter";

type Queue = readonly QueueEntry[];

/** The time at which every entry of a plain queue was finished: histories do not depend on the time of day. */
export const FINISHED_AT = 0;

/** Claims entries, one place of the limit after the other. */
export function claimed(queue: Queue, claim: QueueClaim): readonly [Queue, readonly ClaimedEntry[]] {
  const { worker, lanes, limit, oldest, claimMs, now = 0 } = claim;
  const free = queue.filter((each) => isFirst(each, queue, lanes) && claimableAt(each) <= now);
  const byPriority = free.toSorted((a, b) => b.priority - a.priority || earliest(a, b));
  const taken = byPriority.slice(0, limit - oldest);
  const rest = free.filter((each) => !taken.includes(each)).sort(earliest);
  const all = [...taken, ...rest.slice(0, oldest)].map((each) => ({
    ...each,
    claims: each.claims + 1,
    revision: each.revision + 1,
    claimedBy: worker,
    claimedUntil: now + claimMs,
  }));
  return [replaced(queue, all), all.map((each) => ({ ...each, claimedAt: now }))];
}

export function extended(queue: Queue, extension: ClaimExtension): readonly [Queue, readonly string[]] {
  const { worker, ids, claimMs, begins = false, now = 0 } = extension;
  const all = queue
    .filter((each) => ids.includes(each.id) && each.claimedBy === worker && now < (each.claimedUntil ?? now))
    .map((each) => ({ ...each, begins: each.begins + (begins ? 1 : 0), claimedUntil: now + claimMs }));
  return [replaced(queue, all), all.map(({ id }) => id).sort()];
}

export function released(queue: Queue, worker: string, ids: readonly string[]): Queue {
  const all = queue.filter((each) => ids.includes(each.id) && each.claimedBy === worker);
  return replaced(
    queue,
    all.map((each) => ({ ...unclaimed(each), claims: each.claims - 1, revision: each.revision + 1 })),
  );
}

export function untilNext(queue: Queue, lanes: readonly string[], now: number): number | undefined {
  const times = queue.filter((each) => isFirst(each, queue, lanes)).map(claimableAt);
  return times.length === 0 ? undefined : Math.max(0, Math.min(...times) - now);
}

export function listed(queue: Queue, { states, lanes, types, line, after, limit }: QueuePage): Queue {
  return queue
    .filter((each) => states === undefined || states.includes(each.state))
    .filter((each) => lanes === undefined || lanes.includes(each.lane))
    .filter((each) => types === undefined || types.includes(each.type))
    .filter((each) => line === undefined || line === each.line)
    .filter((each) => after === undefined || each.id > after)
    .sort(byId)
    .slice(0, limit);
}

export function counted(queue: Queue): readonly QueueCount[] {
  const keys = new Set(queue.map(({ lane, state }) => `${lane}/${state}`));
  return [...keys].sort().map((key) => {
    const ofKind = queue.filter(({ lane, state }) => `${lane}/${state}` === key);
    const { lane, state } = ofKind[0]!;
    return { lane, state, entries: ofKind.length };
  });
}

export function overdue(queue: Queue, now: number): readonly OverdueEntries[] {
  const due = queue.filter((each) => each.state === "waiting" && claimableAt(each) <= now);
  return [...new Set(due.map(({ lane }) => lane))].sort().map((lane) => {
    const times = due.filter((each) => each.lane === lane).map(({ dueAt }) => dueAt);
    return { lane, entries: times.length, since: Math.min(...times) };
  });
}

/** An entry whose id is there is left, or replaced: no claim of a history lasts until today. */
export function enqueued(queue: Queue, { entry, replaces = false }: Enqueue): Queue {
  const found = queue.find(({ id }) => id === entry.id);
  if (found !== undefined && !replaces) return queue;
  const { due, expires, line, ...rest } = entry;
  const added: QueueEntry = {
    ...rest,
    ...(line !== undefined && { line }),
    dueAt: momentOf(due),
    ...(expires && { expiresAt: momentOf(expires) }),
    state: "waiting",
    attempts: 0,
    claims: 0,
    begins: 0,
    revision: found === undefined ? 0 : found.revision + 1,
  };
  return [...queue.filter((each) => each !== found), added];
}

export function settled(queue: Queue, { id, expected, change }: SettleEntry): Queue {
  const found = queue.find((each) => each.id === id);
  if (found?.revision !== expected)
    throw new OperationConflictError({ subject: "it", expected: "something", actual: "another" });
  const others = queue.filter((each) => each !== found);
  if (change === undefined) return others;
  const { state, attempts, claims = found.claims, due, outcome } = change;
  const { finishedAt: _, ...rest } = unclaimed(found);
  const changed: QueueEntry = {
    ...rest,
    state,
    attempts,
    claims,
    begins: 0,
    revision: expected + 1,
    ...(due && { dueAt: momentOf(due) }),
    ...(outcome !== undefined && { outcome }),
    ...(isUnfinished({ state }) ? {} : { finishedAt: FINISHED_AT }),
  };
  return [...others, changed];
}

export function withoutFinished(queue: Queue): Queue {
  return queue.filter(isUnfinished);
}

function isFirst({ state, lane, line, number }: QueueEntry, queue: Queue, lanes: readonly string[]): boolean {
  const isBefore = (other: QueueEntry) => isUnfinished(other) && other.line === line && other.number < number;
  return state === "waiting" && lanes.includes(lane) && (line === undefined || !queue.some(isBefore));
}

function isUnfinished({ state }: Pick<QueueEntry, "state">): boolean {
  return state === "waiting" || state === "parked";
}

function claimableAt({ dueAt, claimedUntil = dueAt }: QueueEntry): number {
  return Math.max(dueAt, claimedUntil);
}

function earliest(a: QueueEntry, b: QueueEntry): number {
  return a.dueAt - b.dueAt || byId(a, b);
}

function byId(a: QueueEntry, b: QueueEntry): number {
  return a.id < b.id ? -1 : 1;
}

function replaced(queue: Queue, changed: Queue): Queue {
  return queue.map((each) => changed.find(({ id }) => id === each.id) ?? each);
}

function unclaimed({ claimedBy: _, claimedUntil: __, ...entry }: QueueEntry): QueueEntry {
  return entry;
}

function momentOf(time: QueueTime): number {
  if ("at" in time) return time.at;
  throw new Error("Histories name moments, which do not depend on the time of day");
}
