import type { QueueTime } from "@tidemark/core/adapter";
import type { Database } from "./drivers/database";

/** Milliseconds since 1970 on SQLite's own clock. The oldest SQLite of both drivers has no better way to say it. */
const NOW = "SELECT CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER)";

/** The clock of a store: that of the machine, which its processes share, whatever a test has made of their `Date`. */
export class StoreClock {
  private readonly select;

  constructor(database: Database) {
    this.select = database.values<[], number>(NOW);
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.select.get()!;
  }

  /** The moment of a time, in whole milliseconds since 1970, never before it. */
  momentOf(time: QueueTime): number {
    return Math.ceil("at" in time ? time.at : this.now() + time.afterMs);
  }
}
