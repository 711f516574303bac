import type { GlobalPage, GlobalRange, RecordedMessage } from "@tidemark/core";

import { textArray } from "./binary-arrays";
import type { Connections, Parameter, Row, Statement } from "./connections";
import { EVENT_COLUMNS, recorded } from "./event-rows";
import { SettledPositions } from "./settled-positions";

/**
 * How long a reader waits for a writer that is not done. Longer than a commit takes, so that a caller reads what it has just
 * written; then the page ends before the gap.
 */
const PATIENCE_MS = 1_000;
const GLOBAL_POSITION = 2;

/** Reads events in global order, and never past a number that may still be filled. */
export class GlobalReader {
  private readonly settled: SettledPositions;
  private readonly all: Statement;
  private readonly ofCategories: Statement;

  constructor(
    private readonly connections: Connections,
    schema: string,
  ) {
    this.settled = new SettledPositions(connections, schema);
    const select = `SELECT ${EVENT_COLUMNS} FROM ${schema}.events`;
    this.all = {
      name: "read_all",
      text: `${select} WHERE global_position > $1 ORDER BY global_position LIMIT $2`,
    };
    this.ofCategories = {
      name: "read_categories",
      text: `${select} WHERE category = ANY ($3::text[]) AND global_position > $1 ORDER BY global_position LIMIT $2`,
    };
  }

  async read({ after, limit, categories }: GlobalRange): Promise<GlobalPage> {
    const messages =
      categories === undefined
        ? await this.readAll(after, limit)
        : await this.readCategories([...new Set(categories)], after, limit);
    const isFull = messages.length === limit;
    const last = messages.at(-1)?.globalPosition ?? after;
    const upTo = isFull || categories === undefined ? last : Math.max(last, this.settled.highest);
    return { messages, upTo, atEnd: !isFull };
  }

  private async readAll(after: number, limit: number): Promise<readonly RecordedMessage[]> {
    const before = this.settled.highest;
    const rows = await this.rows(this.all, [after, limit]);
    // A caller's cursor is a position it was given, and so was settled then.
    const run = endOfRun(rows, Math.max(before, after));
    if (after <= before) this.settled.raise(run);
    if (within(rows, run).length === rows.length) return rows.map(recorded);
    return this.afterSettling(rows, run, this.all, [after, limit]);
  }

  private async readCategories(
    categories: readonly string[],
    after: number,
    limit: number,
  ): Promise<readonly RecordedMessage[]> {
    const before = this.settled.highest;
    const values = [after, limit, textArray(categories)];
    const rows = await this.rows(this.ofCategories, values);
    if (within(rows, before).length === rows.length) return rows.map(recorded);
    return this.afterSettling(rows, before, this.ofCategories, values);
  }

  /** Reads again once the numbers up to the last row are settled: a gap may have been filled meanwhile. */
  private async afterSettling(
    rows: readonly Row[],
    known: number,
    statement: Statement,
    values: readonly Parameter[],
  ): Promise<readonly RecordedMessage[]> {
    await this.settled.reach(globalPosition(rows.at(-1)!), PATIENCE_MS);
    const settled = this.settled.highest;
    if (settled <= known) return within(rows, known).map(recorded);
    return within(await this.rows(statement, values), settled).map(recorded);
  }

  private rows(statement: Statement, values: readonly Parameter[]): Promise<readonly Row[]> {
    return this.connections.run("Cannot read", statement, values);
  }
}

function globalPosition(row: Row): number {
  return Number(row[GLOBAL_POSITION]);
}

function within(rows: readonly Row[], settled: number): readonly Row[] {
  const end = rows.findIndex((row) => globalPosition(row) > settled);
  return end === -1 ? rows : rows.slice(0, end);
}

/** The last position that is reached from `start` without a gap. */
function endOfRun(rows: readonly Row[], start: number): number {
  let end = start;
  for (const row of rows) if (globalPosition(row) === end + 1) end++;
  return end;
}
