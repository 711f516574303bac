import type { Database } from "./drivers/database";

/**
 * Keeps `is_front` of the entries of lines: 1 for those with the lowest number of the unfinished ones of their line, 0 for those behind
 * them, null for finished ones. Claims look at the front alone, so that a long line costs them no more than a short one.
 */
export class QueueLines {
  private readonly frontOf;
  private readonly putBehind;
  private readonly nextOf;
  private readonly putInFront;

  constructor(database: Database) {
    this.frontOf = database.values<[string], number>(
      "SELECT number FROM command_queue WHERE line = ? AND is_front = 1 LIMIT 1",
    );
    this.putBehind = database.prepare<[string]>(
      "UPDATE command_queue SET is_front = 0 WHERE line = ? AND is_front = 1",
    );
    this.nextOf = database.values<[string], number>(
      "SELECT number FROM command_queue WHERE line = ? AND is_front = 0 ORDER BY number LIMIT 1",
    );
    this.putInFront = database.prepare<[string, number]>(
      "UPDATE command_queue SET is_front = 1 WHERE line = ? AND is_front = 0 AND number = ?",
    );
  }

  /**
   * Makes room for an unfinished entry that is about to be stored.
   * @param line null for a line of its own.
   * @returns its `is_front`.
   */
  enter(line: string | null, number: number): 0 | 1 {
    if (line === null) return 1;
    const front = this.frontOf.get(line);
    if (front === undefined || number === front) return 1;
    if (number > front) return 0;
    this.putBehind.run(line);
    return 1;
  }

  /** Moves the line up, after an entry was finished or taken out. */
  leave(line: string | null): void {
    if (line === null || this.frontOf.get(line) !== undefined) return;
    const next = this.nextOf.get(line);
    if (next !== undefined) this.putInFront.run(line, next);
  }
}
