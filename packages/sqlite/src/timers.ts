import { type RemoveTimer, refusedTimer, type Timer } from "@tidemark/core/adapter";
import type { Database } from "./drivers/database";

/** What happens at a time of its own. */
export class Timers {
  private readonly upsert;
  private readonly deleteAny;
  private readonly deleteDue;
  private readonly selectOne;
  private readonly selectDue;
  private readonly selectOfOwner;

  constructor(database: Database) {
    const columns = "owner, name, due_at, data";
    const one = "owner = ? AND name = ?";
    const select = <Bound extends unknown[]>(where: string) =>
      database.rows<Bound, TimerRow>(`SELECT ${columns} FROM timers WHERE ${where}`);
    this.upsert = database.prepare<[string, string, number, string]>(
      `INSERT INTO timers (${columns}) VALUES (?, ?, ?, ?)
       ON CONFLICT (owner, name) DO UPDATE SET due_at = excluded.due_at, data = excluded.data`,
    );
    this.deleteAny = database.prepare<[string, string]>(`DELETE FROM timers WHERE ${one}`);
    this.deleteDue = database.prepare<[string, string, number]>(`DELETE FROM timers WHERE ${one} AND due_at = ?`);
    this.selectOne = select<[string, string]>(one);
    this.selectDue = select<[number, number]>("due_at <= ? ORDER BY due_at, owner, name LIMIT ?");
    this.selectOfOwner = select<[string]>("owner = ? ORDER BY due_at, name");
  }

  set({ owner, name, dueAt, data }: Timer): void {
    this.upsert.run(owner, name, dueAt, data);
  }

  /** @throws OperationConflictError for a timer that is not there, or not due at the time asked for. */
  remove(operation: RemoveTimer): void {
    const { owner, name, dueAt } = operation;
    if (dueAt === undefined) this.deleteAny.run(owner, name);
    else if (this.deleteDue.run(owner, name, dueAt).changes === 0) {
      const row = this.selectOne.get(owner, name);
      throw refusedTimer(operation, row && timerIn(row));
    }
  }

  due(now: number, limit: number): readonly Timer[] {
    return Array.from(this.selectDue.all(now, limit), timerIn);
  }

  ofOwner(owner: string): readonly Timer[] {
    return Array.from(this.selectOfOwner.all(owner), timerIn);
  }
}

type TimerRow = [owner: string, name: string, dueAt: number, data: string];

function timerIn([owner, name, dueAt, data]: TimerRow): Timer {
  return { owner, name, dueAt, data };
}
