import type { OverdueEntries, QueueCount, QueueEntryState } from "@tidemark/core/adapter";
import type { Database } from "./drivers/database";
import type { StoreClock } from "./store-clock";

/** Counts the entries of the queue by what indexes hold: it reads the rows of none but those that workers have. */
export class QueueCounts {
  private readonly selectCounts;
  private readonly nextLane;
  private readonly countDue;
  private readonly countClaimed;
  private readonly earliestFree;

  constructor(
    database: Database,
    private readonly clock: StoreClock,
  ) {
    const due = "state = 'waiting' AND lane = ? AND due_at <= ?";
    this.selectCounts = database.rows<[], [lane: string, state: QueueEntryState, entries: number]>(
      "SELECT lane, state, count(*) FROM command_queue GROUP BY state, lane ORDER BY lane, state",
    );
    this.nextLane = database.values<[string], string>(
      "SELECT lane FROM command_queue WHERE state = 'waiting' AND lane > ? ORDER BY lane LIMIT 1",
    );
    this.countDue = database.values<[string, number], number>(
      `SELECT count(*) FROM command_queue INDEXED BY command_queue_by_state WHERE ${due}`,
    );
    this.countClaimed = database.values<[string, number, number], number>(
      `SELECT count(*) FROM command_queue INDEXED BY command_queue_by_claim WHERE ${due} AND claimed_until > ?`,
    );
    this.earliestFree = database.values<[string, number, number], number>(
      `SELECT due_at FROM command_queue INDEXED BY command_queue_by_state
         WHERE ${due} AND (claimed_until IS NULL OR claimed_until <= ?) ORDER BY due_at LIMIT 1`,
    );
  }

  counts(): readonly QueueCount[] {
    return Array.from(this.selectCounts.all(), ([lane, state, entries]) => ({ lane, state, entries }));
  }

  overdue(now = this.clock.now()): readonly OverdueEntries[] {
    const overdue: OverdueEntries[] = [];
    for (let lane = this.nextLane.get(""); lane !== undefined; lane = this.nextLane.get(lane)) {
      const entries = this.countDue.get(lane, now)! - this.countClaimed.get(lane, now, now)!;
      if (entries > 0) overdue.push({ lane, entries, since: this.earliestFree.get(lane, now, now)! });
    }
    return overdue;
  }
}
