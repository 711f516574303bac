import type { ClaimExtension, ClaimedEntry, QueueClaim } from "@tidemark/core/adapter";
import type { Database } from "./drivers/database";
import { entryIn, QUEUE_COLUMNS, type QueueRow } from "./queue-rows";
import type { StoreClock } from "./store-clock";

/** What the indexes by priority and by time hold: the entries that can be claimed at some time, or are. */
const OPEN = "state = 'waiting' AND is_front = 1";

const FREE = "(claimed_until IS NULL OR claimed_until <= ?)";

/**
 * Gives entries of the queue to workers. Every method that writes runs inside a transaction: the one that holds the file's lock decides
 * alone.
 *
 * A claim seeks each priority in an index whose entries stand in the order of claims, so it reads neither entries that are not due nor more of
 * those that are than it takes. It steps over those that workers have, which are as many as run at the same time.
 */
export class QueueClaims {
  private readonly highest;
  private readonly ofPriority;
  private readonly earliest;
  private readonly take;
  private readonly prolong;
  private readonly giveBack;
  private readonly inTime;

  constructor(
    database: Database,
    private readonly clock: StoreClock,
  ) {
    const free = "rowid, due_at, id FROM command_queue";
    this.highest = database.values<[string, number], number>(
      `SELECT priority FROM command_queue INDEXED BY command_queue_by_priority
         WHERE lane = ? AND priority < ? AND ${OPEN} ORDER BY priority DESC LIMIT 1`,
    );
    this.ofPriority = database.rows<[string, number, number, number, number], FreeRow>(
      `SELECT ${free} INDEXED BY command_queue_by_priority
         WHERE lane = ? AND priority = ? AND due_at <= ? AND ${OPEN} AND ${FREE} ORDER BY due_at, id LIMIT ?`,
    );
    this.earliest = database.rows<[string, number, number, number], FreeRow>(
      `SELECT ${free} INDEXED BY command_queue_by_time
         WHERE lane = ? AND due_at <= ? AND ${OPEN} AND ${FREE} ORDER BY due_at, id LIMIT ?`,
    );
    this.take = database.rows<[string, number, number], QueueRow>(
      `UPDATE command_queue SET claimed_by = ?, claimed_until = ?, claims = claims + 1, revision = revision + 1
         WHERE rowid = ? RETURNING ${QUEUE_COLUMNS}`,
    );
    this.prolong = database.prepare<[number, number, string, string, number]>(
      "UPDATE command_queue SET begins = begins + ?, claimed_until = ? WHERE id = ? AND claimed_by = ? AND claimed_until > ?",
    );
    this.giveBack = database.prepare<[string, string]>(
      `UPDATE command_queue SET claimed_by = NULL, claimed_until = NULL, claims = claims - 1, revision = revision + 1
         WHERE id = ? AND claimed_by = ?`,
    );
    this.inTime = database.rows<[string], [dueAt: number, claimedUntil: number | null]>(
      `SELECT due_at, claimed_until FROM command_queue INDEXED BY command_queue_by_time
         WHERE lane = ? AND ${OPEN} ORDER BY due_at, id`,
    );
  }

  claim({ worker, lanes, limit, oldest, claimMs, now = this.clock.now() }: QueueClaim): readonly ClaimedEntry[] {
    const until = Math.ceil(now + claimMs);
    const taken = ([rowid]: FreeRow): ClaimedEntry => ({
      ...entryIn(this.take.get(worker, until, rowid)!),
      claimedAt: now,
    });
    const asked = [...new Set(lanes)];
    const urgent = this.mostUrgent(asked, now, limit - oldest);
    return [...urgent, ...this.earliestBeside(urgent, asked, now, limit)].map(taken);
  }

  extend({ worker, ids, claimMs, begins = false, now = this.clock.now() }: ClaimExtension): readonly string[] {
    const until = Math.ceil(now + claimMs);
    return [...new Set(ids)].filter((id) => this.prolong.run(begins ? 1 : 0, until, id, worker, now).changes === 1);
  }

  release(worker: string, ids: readonly string[]): void {
    for (const id of ids) this.giveBack.run(id, worker);
  }

  untilNext(lanes: readonly string[], now = this.clock.now()): number | undefined {
    const next = Math.min(...lanes.map((lane) => this.nextOf(lane)));
    return next === Number.POSITIVE_INFINITY ? undefined : Math.max(0, next - now);
  }

  private mostUrgent(lanes: readonly string[], now: number, limit: number): readonly FreeRow[] {
    const found: FreeRow[] = [];
    const below = (priority: number): number =>
      Math.max(...lanes.map((lane) => this.highest.get(lane, priority) ?? Number.NEGATIVE_INFINITY));
    let priority = limit > 0 ? below(Number.MAX_SAFE_INTEGER) : Number.NEGATIVE_INFINITY;
    while (priority !== Number.NEGATIVE_INFINITY && found.length < limit) {
      const left = limit - found.length;
      const free = lanes.flatMap((lane) => this.ofPriority.all(lane, priority, now, now, left));
      found.push(...firstOf(free, left));
      priority = below(priority);
    }
    return found;
  }

  /** The earliest that are not among the urgent ones already, up to the limit of the claim. */
  private earliestBeside(
    urgent: readonly FreeRow[],
    lanes: readonly string[],
    now: number,
    limit: number,
  ): readonly FreeRow[] {
    if (urgent.length >= limit) return [];
    const known = new Set(urgent.map(([rowid]) => rowid));
    const free = lanes.flatMap((lane) => this.earliest.all(lane, now, now, limit));
    const others = free.filter(([rowid]) => !known.has(rowid));
    return firstOf(others, limit - urgent.length);
  }

  /** When an entry of a lane may be claimed; infinity for never. Those that are claimed stand at the beginning: they were due. */
  private nextOf(lane: string): number {
    let next = Number.POSITIVE_INFINITY;
    for (const [dueAt, claimedUntil] of this.inTime.iterate(lane)) {
      next = Math.min(next, Math.max(dueAt, claimedUntil ?? dueAt));
      if (next <= dueAt) break;
    }
    return next;
  }
}

type FreeRow = [rowid: number, dueAt: number, id: string];

/** The order of a claim within one priority. SQLite has put those of each lane in it. */
function firstOf(rows: FreeRow[], limit: number): readonly FreeRow[] {
  return rows
    .sort(([, dueAt, id], other) => dueAt - other[1] || Buffer.compare(Buffer.from(id), Buffer.from(other[2])))
    .slice(0, limit);
}
