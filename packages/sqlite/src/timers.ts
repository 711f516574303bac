import {
  type DueTimersQuery,
  type OverdueTimers,
  type RemoveTimer,
  refusedTimer,
  type SetTimer,
  type Timer,
  type TimersPage,
} from "@tidemark/core/adapter";
import type { Database } from "./drivers/database";
import type { StoreClock } from "./store-clock";
import { slotOf } from "./timer-slots";

/** Behind every text that starts with a prefix: no UTF-8 holds this byte. */
const END_OF_PREFIX = "? || CAST(x'FF' AS TEXT)";

/** What happens at a time of its own. */
export class Timers {
  private readonly upsert;
  private readonly deleteAny;
  private readonly deleteExpected;
  private readonly selectOne;
  private readonly selectDue;
  private readonly selectDueOfPart;
  private readonly selectEarliest;
  private readonly selectOverdue;
  private readonly selectOfOwner;
  private readonly selectFirst;
  private readonly selectAfter;

  constructor(
    database: Database,
    private readonly clock: StoreClock,
  ) {
    const columns = "owner, name, due_at, data";
    const one = "owner = ? AND name = ?";
    const select = <Bound extends unknown[]>(where: string) =>
      database.rows<Bound, TimerRow>(`SELECT ${columns} FROM timers WHERE ${where}`);
    this.upsert = database.prepare<[string, string, number, number, string]>(
      `INSERT INTO timers (owner, name, slot, due_at, data) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (owner, name) DO UPDATE SET due_at = excluded.due_at, data = excluded.data`,
    );
    this.deleteAny = database.prepare<[string, string]>(`DELETE FROM timers WHERE ${one}`);
    this.deleteExpected = database.prepare<[string, string, number, string]>(
      `DELETE FROM timers WHERE ${one} AND due_at = ? AND data = ?`,
    );
    this.selectOne = select<[string, string]>(one);
    this.selectDue = select<[number, number]>("due_at <= ? ORDER BY due_at, owner, name LIMIT ?");
    this.selectDueOfPart = select<[number, number, number, number]>(
      "due_at <= ? AND slot % ? = ? ORDER BY due_at, owner, name LIMIT ?",
    );
    this.selectEarliest = database.values<[], number | null>("SELECT min(due_at) FROM timers");
    this.selectOverdue = database.rows<[number], [timers: number, since: number | null]>(
      "SELECT count(*), min(due_at) FROM timers WHERE due_at <= ?",
    );
    this.selectOfOwner = select<[string]>("owner = ? ORDER BY due_at, name");
    this.selectFirst = select<[string, string, number]>(
      `owner >= ? AND owner < ${END_OF_PREFIX} ORDER BY owner, name LIMIT ?`,
    );
    // The plus keeps SQLite from starting each page at the prefix.
    this.selectAfter = select<[string, string, string, string, number]>(
      `(owner, name) > (?, ?) AND +owner >= ? AND owner < ${END_OF_PREFIX} ORDER BY owner, name LIMIT ?`,
    );
  }

  set({ timer: { owner, name, data }, due }: SetTimer): void {
    this.upsert.run(owner, name, slotOf(owner), this.clock.momentOf(due), data);
  }

  /** @throws OperationConflictError for a timer that is not there, or not as it is expected. */
  remove(operation: RemoveTimer): void {
    const { owner, name, expected } = operation;
    if (expected === undefined) this.deleteAny.run(owner, name);
    else if (this.deleteExpected.run(owner, name, expected.dueAt, expected.data).changes === 0) {
      const row = this.selectOne.get(owner, name);
      throw refusedTimer(operation, row && timerIn(row));
    }
  }

  due({ now = this.clock.now(), limit, part }: DueTimersQuery): readonly Timer[] {
    const rows =
      part === undefined ? this.selectDue.all(now, limit) : this.selectDueOfPart.all(now, part.of, part.index, limit);
    return Array.from(rows, timerIn);
  }

  untilNext(now = this.clock.now()): number | undefined {
    const earliest = this.selectEarliest.get() ?? undefined;
    return earliest === undefined ? undefined : Math.max(0, earliest - now);
  }

  overdue(now = this.clock.now()): OverdueTimers {
    const [timers, since] = this.selectOverdue.get(now)!;
    return { timers, ...(since !== null && { since }) };
  }

  ofOwner(owner: string): readonly Timer[] {
    return Array.from(this.selectOfOwner.all(owner), timerIn);
  }

  list({ prefix = "", after, limit }: TimersPage): readonly Timer[] {
    const rows =
      after === undefined
        ? this.selectFirst.all(prefix, prefix, limit)
        : this.selectAfter.all(after.owner, after.name, prefix, prefix, limit);
    return Array.from(rows, timerIn);
  }
}

type TimerRow = [owner: string, name: string, dueAt: number, data: string];

function timerIn([owner, name, dueAt, data]: TimerRow): Timer {
  return { owner, name, dueAt, data };
}
