import { type Dequeue, type QueueEntry, refusedDequeue } from "@tidemark/core/adapter";
import type { Database } from "./drivers/database";

/** Commands that wait to be carried out. */
export class CommandQueueTable {
  private readonly insert;
  private readonly deleteOne;
  private readonly selectOne;
  private readonly highest;
  private readonly ofPriority;

  constructor(database: Database) {
    const columns = "id, lane, priority, due_at, data";
    this.insert = database.prepare<[string, string, number, number, string]>(
      `INSERT INTO command_queue (${columns}) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    );
    this.deleteOne = database.prepare<[string]>("DELETE FROM command_queue WHERE id = ?");
    this.selectOne = database.rows<[string], QueueRow>(`SELECT ${columns} FROM command_queue WHERE id = ?`);
    this.highest = database.values<[string, number], number | null>(
      "SELECT max(priority) FROM command_queue WHERE lane = ? AND priority < ?",
    );
    this.ofPriority = database.rows<[string, number, number, number], QueueRow>(
      `SELECT ${columns} FROM command_queue WHERE lane = ? AND priority = ? AND due_at <= ? ORDER BY due_at, id LIMIT ?`,
    );
  }

  add({ id, lane, priority, dueAt, data }: QueueEntry): void {
    this.insert.run(id, lane, priority, dueAt, data);
  }

  /** @throws OperationConflictError for an entry that is not there. */
  remove(operation: Dequeue): void {
    if (this.deleteOne.run(operation.id).changes === 0) throw refusedDequeue(operation);
  }

  /** Looks at one priority after the other: entries that are not due yet are many, and none of them is read. */
  waiting(lane: string, now: number, limit: number): readonly QueueEntry[] {
    const entries: QueueEntry[] = [];
    let priority = this.highest.get(lane, Number.MAX_SAFE_INTEGER);
    while (typeof priority === "number" && entries.length < limit) {
      for (const row of this.ofPriority.all(lane, priority, now, limit - entries.length)) entries.push(entryIn(row));
      priority = this.highest.get(lane, priority);
    }
    return entries;
  }

  find(id: string): QueueEntry | undefined {
    const row = this.selectOne.get(id);
    return row && entryIn(row);
  }
}

type QueueRow = [id: string, lane: string, priority: number, dueAt: number, data: string];

function entryIn([id, lane, priority, dueAt, data]: QueueRow): QueueEntry {
  return { id, lane, priority, dueAt, data };
}
