import { DamagedTable } from "./database-errors";
import type { Database } from "./drivers/database";

/**
 * The global position up to which events are in the tables of ids, of the order of categories, and of ends; NULL where damage has
 * changed it. What lies behind it is found in the log itself.
 */
export const INDEXED_UP_TO = "(SELECT up_to FROM indexed_events WHERE up_to = -mirror)";

/** How many events may lie behind it: a scan of so many rows costs less than a page in each commit. */
const MOST_BEHIND = 32;

/**
 * Enters events in the tables that repeat parts of the log: some dozens at a time, so that most commits write a page of the log and a page
 * of its index of streams, and no other.
 */
export class IndexedEvents {
  private readonly addIds;
  private readonly addOrder;
  private readonly addEnds;
  private readonly move;
  private readonly select;
  private readonly last;

  constructor(database: Database) {
    const behind = "FROM event_log NOT INDEXED WHERE global_position > ?";
    this.addIds = database.prepare<[number]>(`INSERT INTO event_ids SELECT id, global_position ${behind}`);
    this.addOrder = database.prepare<[number]>(`INSERT INTO event_order SELECT category_id, global_position ${behind}`);
    this.addEnds = database.prepare<[number]>(
      `INSERT INTO event_ends SELECT stream_id, max(position) ${behind} GROUP BY stream_id
         ON CONFLICT (stream_id) DO UPDATE SET position = excluded.position`,
    );
    this.move = database.prepare<[number, number]>("UPDATE indexed_events SET up_to = ?, mirror = ?");
    this.select = database.values<[], number | null>(`SELECT ${INDEXED_UP_TO}`);
    this.last = database.values<[], number | null>("SELECT max(global_position) FROM event_log");
  }

  /** @throws DamagedTable */
  upTo(): number {
    return provenUpTo(this.select.get() ?? null);
  }

  /**
   * Enters what lies behind, inside a transaction that somebody else commits.
   * @throws SQLite's error for an id that is there already; DamagedTable for a log that ends before it.
   */
  catchUp(upTo = this.upTo(), last = this.last.get() ?? 0): void {
    if (last === upTo) return;
    if (last < upTo) throw new DamagedTable("event_log");
    this.addIds.run(upTo);
    this.addOrder.run(upTo);
    this.addEnds.run(upTo);
    this.move.run(last, -last);
  }

  /** Whether a commit that ends with this global position is the one that catches up. */
  static isDue(upTo: number, last: number): boolean {
    return last - upTo >= MOST_BEHIND;
  }
}

/** @throws DamagedTable */
export function provenUpTo(upTo: number | null): number {
  if (upTo === null) throw new DamagedTable("indexed_events");
  return upTo;
}
