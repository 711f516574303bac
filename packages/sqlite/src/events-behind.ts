import { DamagedTable } from "./database-errors";
import type { Database } from "./drivers/database";

/**
 * Remembers the last events of the log, which the tables of ids and of ends do not have yet: those of this process as it appends them, those
 * of others once they are noticed. Used inside transactions that write: nobody else appends meanwhile.
 *
 * The log only grows, so that its end tells whether others have appended. What is rolled back alone takes events from it: `forget` is for that.
 */
export class EventsBehind {
  private readonly select;
  private readonly ids = new Set<string>();
  private readonly ends = new Map<number, number>();
  private upTo = -1;
  private last = -1;

  constructor(database: Database) {
    this.select = database.rows<[number], BehindRow>(
      "SELECT id, stream_id, position FROM event_log NOT INDEXED WHERE global_position > ?",
    );
  }

  /**
   * @param upTo up to where events are in the tables; @param last the global position of the last event.
   * @throws DamagedTable where the log ends before events that this process knows.
   */
  bringUpTo(upTo: number, last: number): void {
    if (upTo === this.upTo && last === this.last) return;
    if (last < this.last) throw new DamagedTable("event_log");
    this.start(upTo);
    for (const [id, stream, position] of this.select.all(upTo)) this.add(id, stream, position, last);
    this.last = last;
  }

  /** Begins anew, when the tables have all events up to a global position. */
  start(upTo: number): void {
    this.ids.clear();
    this.ends.clear();
    this.upTo = upTo;
    this.last = upTo;
  }

  add(id: string, stream: number, position: number, globalPosition: number): void {
    this.ids.add(id);
    this.ends.set(stream, Math.max(position, this.endOf(stream)));
    this.last = globalPosition;
  }

  /** The position of a stream's last event among them; -1 where it has none. */
  endOf(stream: number): number {
    return this.ends.get(stream) ?? -1;
  }

  has(id: string): boolean {
    return this.ids.has(id);
  }

  /** Forgets all, after a transaction was rolled back. */
  forget(): void {
    this.start(-1);
  }
}

type BehindRow = readonly [id: string, stream: number, position: number];
