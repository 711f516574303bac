import { setTimeout as sleep } from "node:timers/promises";

import type { Connections, Statement } from "./connections";

/** How long a stretch is searched for gaps by counting; beyond it, all that is known is that writers have ended. */
const MAX_COUNTED = 10_000;
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [1, 16];

/** The highest number in use, and who may yet commit one that is not above it. */
interface Moment {
  readonly highest: number;
  readonly writers: readonly string[];
}

/**
 * Knows up to which global position nothing can appear any more.
 *
 * Numbers are drawn in one order and committed in another, so a number that is missing may be yet to come, or be lost
 * to a rollback. Whoever draws a number has locked the table before, and holds that lock until the commit is visible.
 * So at any moment: see the highest number in use, and after that the transactions that hold the lock (`pg_locks`).
 * Once those have ended, what a fresh snapshot lacks up to that number is lost for good. Transactions that never touched
 * the table do not count, however long they stay open.
 */
export class SettledPositions {
  private settled = 0;
  private losses: number;
  private readonly look: Statement;

  constructor(
    private readonly connections: Connections,
    schema: string,
  ) {
    this.losses = connections.losses;
    this.look = lookStatement(schema);
  }

  /** Every number up to this one is settled: a snapshot taken from now on shows each event that will ever have one. */
  get highest(): number {
    // Another server may have taken the place of one that was lost, and may give out numbers that this one had given.
    if (this.losses !== this.connections.losses) this.settled = 0;
    this.losses = this.connections.losses;
    return this.settled;
  }

  /** Tells that a reader saw every number up to this one, from one that was settled before. */
  raise(position: number): void {
    this.settled = Math.max(this.highest, position);
  }

  /** Waits until the numbers up to `target` are settled, or until its patience is at an end. */
  async reach(target: number, patienceMs: number): Promise<void> {
    const end = Date.now() + patienceMs;
    let open: Moment[] = [];
    for (let pauseMs = FIRST_PAUSE_MS; this.highest < target; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const losses = this.connections.losses;
      const now = await this.moment();
      if (losses !== this.connections.losses) open = [];
      const running = new Set(now.writers);
      // A moment that nobody was writing in is over at once; one before it, when its last writer is gone.
      for (const { highest, writers } of [...open, now]) {
        if (!writers.some((writer) => running.has(writer))) this.raise(highest);
      }
      open = [...open, now].filter(({ highest }) => highest > this.settled);
      if (this.highest >= target || Date.now() >= end) return;
      await sleep(pauseMs);
    }
  }

  private async moment(): Promise<Moment> {
    const from = this.highest;
    const [row] = await this.connections.run("Cannot read", this.look, [from]);
    const [last, seen, writers] = row!;
    const highest = Number(last);
    const complete = Number(seen) === highest - from;
    return { highest, writers: complete || writers === "" ? [] : writers!.split(" ") };
  }
}

/**
 * The snapshot is taken before `pg_locks` is read, so that whoever drew a number below the highest either has ended by then
 * or is in the list.
 */
function lookStatement(schema: string): Statement {
  return {
    name: "look_at_writers",
    text: `
      WITH newest AS MATERIALIZED (
        SELECT $1::bigint AS settled, coalesce((
          SELECT global_position FROM ${schema}.events ORDER BY global_position DESC LIMIT 1
        ), 0) AS highest
      )
      SELECT
        highest,
        (SELECT count(*) FROM (
          SELECT FROM ${schema}.events WHERE global_position > settled AND global_position <= highest LIMIT ${MAX_COUNTED}
        ) AS stretch),
        array_to_string(ARRAY(
          SELECT DISTINCT virtualtransaction FROM pg_locks
          WHERE locktype = 'relation' AND relation = '${schema}.events'::regclass AND mode = 'RowExclusiveLock' AND granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        ), ' ')
      FROM newest`,
  };
}
