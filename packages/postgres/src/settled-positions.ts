import { now, pause } from "@tidemark/core/adapter";

import type { Connections } from "./connections";
import { READ } from "./unavailable";
import type { Call, Row, Statement } from "./work";

/** How many positions are searched for a gap at once; beyond them, all that is known is which writers have ended. */
const MAX_SEARCHED = 10_000;
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [1, 16];

/** The highest position in use at a moment, and the transactions that may yet fill one up to it. */
interface Moment {
  readonly highest: number;
  /** Every position up to this one is in use or was settled before. */
  readonly endOfRun: number;
  readonly writers: readonly string[];
}

/** What one look at the log has found. */
interface Look {
  readonly moment: Moment;
  /** Every position up to this one is settled. */
  readonly settled: number;
  /** The rows of each further call. */
  readonly rowsOfEach: readonly (readonly Row[])[];
}

/**
 * Knows up to which global position nothing can appear any more.
 *
 * Positions are drawn in one order and committed in another, so one that is missing may be yet to come, or be lost to a rollback.
 * Whoever draws a position has locked the table before, and holds that lock until the commit is visible. So at any moment:
 * see the highest position in use, and after that the transactions that hold the lock (`pg_locks`). Once those have ended, what a
 * fresh snapshot lacks up to that position is lost for good. Transactions that never touched the table do not count,
 * however long they stay open.
 */
export class SettledPositions {
  private settled = 0;
  private losses: number;
  private readonly statement: Statement;

  constructor(
    private readonly connections: Connections,
    schema: string,
  ) {
    this.losses = connections.losses;
    this.statement = lookStatement(schema);
  }

  /**
   * Looks at the log, and carries out `calls` after that in the same round trip: they see every event up to the position that was
   * found settled.
   *
   * @param after a position that the caller was given, and so was settled then.
   */
  async look(after: number, calls: readonly Call[] = []): Promise<Look> {
    for (;;) {
      const { losses } = this.connections;
      // Not what is known when the answer comes: the rows may be older than that.
      const known = this.highest;
      const look = { statement: this.statement, values: [Math.max(after, known)] };
      const [[row], ...rowsOfEach] = (await this.connections.runAll(READ, [look, ...calls])) as [Row[], ...Row[][]];
      // Another server may have taken the place of the one that answered.
      if (losses !== this.connections.losses) continue;
      const moment = momentOf(row!);
      const isOver = moment.endOfRun < moment.highest && moment.writers.length === 0;
      const settled = isOver ? moment.highest : moment.endOfRun;
      // What depends on the caller's position is not kept for others.
      if (isOver || after <= known) this.raise(settled);
      return { moment, settled: Math.max(known, settled), rowsOfEach };
    }
  }

  /** Waits until the positions up to `target` are settled, but no longer than `patienceMs`. */
  async reach(target: number, after: number, patienceMs: number): Promise<void> {
    const end = now() + patienceMs;
    let open: Moment[] = [];
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const { losses } = this.connections;
      const { moment, settled } = await this.look(after);
      if (losses !== this.connections.losses) open = [];
      const running = new Set(moment.writers);
      // Once all writers of a moment have ended, nothing can be missing up to its highest position any more.
      for (const { highest, writers } of open) if (!writers.some((writer) => running.has(writer))) this.raise(highest);
      if (Math.max(settled, this.highest) >= target || now() >= end) return;
      open = [...open, moment].filter(({ highest }) => highest > this.highest);
      await pause(pauseMs);
    }
  }

  /** Every position up to this one is settled, as far as was found. */
  private get highest(): number {
    // After a loss another server may answer, and give out positions again that the former one had given out.
    if (this.losses !== this.connections.losses) this.settled = 0;
    this.losses = this.connections.losses;
    return this.settled;
  }

  private raise(position: number): void {
    this.settled = Math.max(this.highest, position);
  }
}

function momentOf([highest, endOfRun, writers]: Row): Moment {
  return {
    highest: Number(highest),
    endOfRun: Number(endOfRun),
    writers: writers === "" ? [] : writers!.split(" "),
  };
}

/**
 * The snapshot is taken before `pg_locks` is read: whoever drew a position below the highest has ended by then, or is in
 * the list. Nobody is listed where no position is missing.
 *
 * As a rule none is missing, which the number of the events and the last of them say. Only otherwise are they numbered to find the gap, which
 * takes several times as long: that part is not computed unless it is asked for.
 */
function lookStatement(schema: string): Statement {
  const stretch = `
    SELECT global_position FROM ${schema}.events
    WHERE global_position > $1::bigint ORDER BY global_position LIMIT ${MAX_SEARCHED}`;
  return {
    name: "look_at_writers",
    text: `
      WITH newest AS MATERIALIZED (
        SELECT coalesce((SELECT global_position FROM ${schema}.events ORDER BY global_position DESC LIMIT 1), 0) AS highest
      ), stretch AS MATERIALIZED (
        SELECT coalesce(max(global_position), $1::bigint) AS last, $1::bigint + count(*) AS last_without_gap
        FROM (${stretch}) AS stretch
      ), run AS MATERIALIZED (
        SELECT CASE WHEN last = last_without_gap THEN last ELSE (
          SELECT coalesce(max(global_position), $1::bigint) FROM (
            SELECT global_position, row_number() OVER (ORDER BY global_position) AS number FROM (${stretch}) AS stretch
          ) AS numbered
          WHERE global_position = $1::bigint + number
        ) END AS last
        FROM stretch
      )
      SELECT highest, last, CASE WHEN last >= highest THEN '' ELSE array_to_string(ARRAY(
        SELECT DISTINCT virtualtransaction FROM pg_locks
        WHERE locktype = 'relation' AND relation = '${schema}.events'::regclass AND mode = 'RowExclusiveLock' AND granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      ), ' ') END
      FROM newest, run`,
  };
}
