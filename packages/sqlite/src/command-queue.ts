import {
  type Enqueue,
  type NewQueueEntry,
  type QueueEntry,
  type QueuePage,
  refusedEntry,
  refusedReplacedEntry,
  type SettleEntry,
} from "@tidemark/core/adapter";
import type { Database, Query } from "./drivers/database";
import { QueueLines } from "./queue-lines";
import { entryIn, QUEUE_COLUMNS, type QueueRow } from "./queue-rows";
import type { StoreClock } from "./store-clock";

/** Commands that are carried out later. `QueueClaims` gives them to workers, `QueueCounts` counts them. */
export class CommandQueueTable {
  private readonly insert;
  private readonly update;
  private readonly deleteOne;
  private readonly selectOne;
  private readonly selectPlace;
  private readonly deleteFinished;
  private readonly lines: QueueLines;
  /** By their conditions. */
  private readonly selects = new Map<string, Query<BoundValue[], QueueRow>>();

  constructor(
    private readonly database: Database,
    private readonly clock: StoreClock,
  ) {
    this.lines = new QueueLines(database);
    this.insert = database.prepare<BoundValue[]>(
      `INSERT INTO command_queue
         (id, lane, type, priority, due_at, expires_at, line, number, is_front, state, attempts, claims, begins, revision, data)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', 0, 0, 0, ?, ?)`,
    );
    this.update = database.prepare<BoundValue[]>(
      `UPDATE command_queue SET state = ?, is_front = ?, attempts = ?, claims = coalesce(?, claims), begins = 0, due_at = coalesce(?, due_at),
           outcome = coalesce(?, outcome), finished_at = ?, claimed_by = NULL, claimed_until = NULL, revision = revision + 1
         WHERE id = ?`,
    );
    this.deleteOne = database.prepare<[string]>("DELETE FROM command_queue WHERE id = ?");
    this.selectOne = database.rows<[string], QueueRow>(`SELECT ${QUEUE_COLUMNS} FROM command_queue WHERE id = ?`);
    this.selectPlace = database.rows<[string], PlaceRow>(
      "SELECT line, number, is_front, revision, claimed_until FROM command_queue WHERE id = ?",
    );
    this.deleteFinished = database.prepare<[number, number]>(
      `DELETE FROM command_queue WHERE rowid IN
         (SELECT rowid FROM command_queue WHERE finished_at < ? ORDER BY finished_at LIMIT ?)`,
    );
  }

  /** @throws OperationConflictError for an entry to be replaced that a worker has. */
  add(operation: Enqueue): void {
    const { entry, replaces = false } = operation;
    const stored = this.selectPlace.get(entry.id);
    if (stored === undefined) this.insertAs(entry, 0);
    if (stored === undefined || !replaces) return;
    const [line, , , revision, claimedUntil] = stored;
    if (claimedUntil !== null && this.clock.now() < claimedUntil) throw refusedReplacedEntry(operation);
    this.deleteOne.run(entry.id);
    this.lines.leave(line);
    this.insertAs(entry, revision + 1);
  }

  /** @throws OperationConflictError for an entry that is not there, or at another revision. */
  settle(operation: SettleEntry): void {
    const { id, expected, change } = operation;
    const stored = this.selectPlace.get(id);
    if (stored?.[3] !== expected) throw refusedEntry(operation, stored && { revision: stored[3] });
    const [line, number, wasFront] = stored;
    if (change === undefined) this.deleteOne.run(id);
    else {
      const { state, attempts, claims = null, due, outcome = null } = change;
      const isFinished = state !== "waiting" && state !== "parked";
      const isFront = isFinished ? null : (wasFront ?? this.lines.enter(line, number));
      const dueAt = due === undefined ? null : this.clock.momentOf(due);
      const finishedAt = isFinished ? this.clock.now() : null;
      this.update.run(state, isFront, attempts, claims, dueAt, outcome, finishedAt, id);
      if (!isFinished) return;
    }
    this.lines.leave(line);
  }

  find(id: string): QueueEntry | undefined {
    const row = this.selectOne.get(id);
    return row && entryIn(row);
  }

  list({ states, lanes, types, line, after, limit }: QueuePage): readonly QueueEntry[] {
    const conditions: string[] = [];
    const bound: BoundValue[] = [];
    const where = (condition: string, value: string): void => {
      conditions.push(condition);
      bound.push(value);
    };
    if (states !== undefined) where("state IN (SELECT value FROM json_each(?))", JSON.stringify(states));
    if (lanes !== undefined) where("lane IN (SELECT value FROM json_each(?))", JSON.stringify(lanes));
    if (types !== undefined) where("type IN (SELECT value FROM json_each(?))", JSON.stringify(types));
    if (line !== undefined) where("line = ?", line);
    if (after !== undefined) where("id > ?", after);
    return Array.from(this.selectWhere(conditions.join(" AND ")).all(...bound, limit), entryIn);
  }

  /** Those that were finished first are forgotten first. */
  forget(before: number, limit: number): number {
    return this.deleteFinished.run(before, limit).changes;
  }

  private insertAs(entry: NewQueueEntry, revision: number): void {
    const { id, lane, type, priority, due, expires, line = null, number, data } = entry;
    const dueAt = this.clock.momentOf(due);
    const expiresAt = expires === undefined ? null : this.clock.momentOf(expires);
    const isFront = this.lines.enter(line, number);
    this.insert.run(id, lane, type, priority, dueAt, expiresAt, line, number, isFront, revision, data);
  }

  /** Finds the rows of a page by what indexes hold, before it reads any of them. */
  private selectWhere(conditions: string): Query<BoundValue[], QueueRow> {
    const known = this.selects.get(conditions);
    if (known !== undefined) return known;
    const where = conditions === "" ? "" : `WHERE ${conditions}`;
    const select = this.database.rows<BoundValue[], QueueRow>(
      `SELECT ${QUEUE_COLUMNS} FROM command_queue
         WHERE rowid IN (SELECT rowid FROM command_queue ${where} ORDER BY id LIMIT ?) ORDER BY id`,
    );
    this.selects.set(conditions, select);
    return select;
  }
}

type BoundValue = string | number | null;

type PlaceRow = [
  line: string | null,
  number: number,
  isFront: number | null,
  revision: number,
  claimedUntil: number | null,
];
