import type { GlobalPage, GlobalRange, RecordedMessage } from "@tidemark/core/adapter";

import { textArray } from "./binary-arrays";
import type { Connections } from "./connections";
import { EVENT_COLUMNS, GLOBAL_POSITION, recorded } from "./event-rows";
import { GlobalRows, JOINED_COLUMNS } from "./global-rows";
import { SettledPositions } from "./settled-positions";
import type { Call, Row, Statement } from "./work";

/**
 * How long a reader waits for a writer that has not committed. Longer than a commit takes, so that a caller reads what it has
 * just written; then the page ends before the gap.
 */
const PATIENCE_MS = 1_000;

/** What was read of the log. */
interface Read {
  /** Every position up to this one is settled. */
  readonly settled: number;
  /** The highest position in use. */
  readonly highest: number;
  /** The positions of the events that were read: one more than the page may hold. */
  readonly positions: readonly number[];
  /** The first so many events. @throws DeserializationError where one of them is not what was written. */
  readonly messages: (count: number) => readonly RecordedMessage[];
}

/** A page, and what has to be settled before there can be more of it. */
interface Attempt {
  readonly page: GlobalPage;
  /** Absent where everything in use is settled, or the page is full. */
  readonly awaited?: number;
}

/**
 * Reads events in global order, and never past a position that may yet be filled.
 *
 * A look at the log and the rows come in one round trip. The rows are read after the look, and so hold every event up to the position
 * that it found settled. A page ends there at the latest, however few of the events are of the categories asked for.
 */
export class GlobalReader {
  private readonly settled: SettledPositions;
  private readonly statements: ReturnType<typeof statementsFor>;

  constructor(
    connections: Connections,
    schema: string,
    private readonly options: { readonly patienceMs: number } = { patienceMs: PATIENCE_MS },
  ) {
    this.settled = new SettledPositions(connections, schema);
    this.statements = statementsFor(schema);
  }

  /**
   * Reads a page. One that ends before a position that is not settled says that there may be more. One that would get no further
   * than `after` waits for the writers first, and is at the end where they are not done in time.
   */
  async read(range: GlobalRange): Promise<GlobalPage> {
    const first = await this.attempt(range);
    if (first.awaited === undefined || first.page.upTo > range.after) return first.page;
    await this.settled.reach(first.awaited, range.after, this.options.patienceMs);
    const { page } = await this.attempt(range);
    return page.upTo > range.after ? page : { ...page, atEnd: true };
  }

  private async attempt(range: GlobalRange): Promise<Attempt> {
    const { after, limit } = range;
    const { settled, highest, positions, messages } = await this.rows(range);
    const count = countWithin(positions, Math.min(limit, positions.length), settled);
    // The row beyond the limit says that there are more of these events; without it, the page reaches as far as all is settled.
    const isCut = positions.length > limit;
    if (isCut && count === limit) {
      return { page: { messages: messages(count), upTo: positions[count - 1] ?? after, atEnd: false } };
    }
    const upTo = Math.max(after, settled);
    const last = Math.max(highest, positions.at(-1) ?? 0);
    if (last <= upTo) return { page: { messages: messages(count), upTo, atEnd: true } };
    const page = { messages: messages(count), upTo, atEnd: false };
    return { page, awaited: isCut ? positions[limit - 1]! : last };
  }

  /** Reads with the columns of each row joined, and again column by column where a row is not what was written. */
  private async rows(range: GlobalRange): Promise<Read> {
    const collector = new GlobalRows();
    const calls = this.callsFor(range, this.statements.joined).map((call) => ({ ...call, collector }));
    const { moment, settled } = await this.settled.look(range.after, calls);
    if (!collector.isWhole) return await this.rowsByColumns(range);
    const { messages } = collector;
    const positions = messages.map(({ globalPosition }) => globalPosition);
    return { settled, highest: moment.highest, positions, messages: (count) => messages.slice(0, count) };
  }

  private async rowsByColumns(range: GlobalRange): Promise<Read> {
    const { moment, settled, rowsOfEach } = await this.settled.look(
      range.after,
      this.callsFor(range, this.statements.byColumns),
    );
    const [rows = []] = rowsOfEach;
    const messages = (count: number) => rows.slice(0, count).map(recorded);
    return { settled, highest: moment.highest, positions: rows.map(globalPosition), messages };
  }

  /** One row more than the page may hold. */
  private callsFor({ after, limit, categories }: GlobalRange, statements: ReadStatements): readonly Call[] {
    const values = [after, limit + 1];
    if (categories === undefined) return [{ statement: statements.all, values }];
    const [first, ...others] = new Set(categories);
    if (first === undefined) return [];
    if (others.length === 0) return [{ statement: statements.ofOne, values: [...values, first] }];
    return [{ statement: statements.ofSeveral, values: [...values, textArray([first, ...others])] }];
  }
}

/**
 * A category is compared as a range, so that the index of the categories is the only one in the order that is asked for. The
 * planner would otherwise prefer that of the global order, and read past all events of other categories.
 */
function statementsFor(schema: string) {
  return {
    joined: readStatements(schema, JOINED_COLUMNS, ""),
    byColumns: readStatements(schema, EVENT_COLUMNS, "_by_columns"),
  };
}

type ReadStatements = Readonly<Record<"all" | "ofOne" | "ofSeveral", Statement>>;

function readStatements(schema: string, columns: string, suffix: string): ReadStatements {
  const events = `${schema}.events`;
  const ofCategory = (category: string, columns: string) => `
    SELECT ${columns} FROM ${events} e
    WHERE (e.category, e.global_position) > (${category}, $1) AND e.category <= ${category}
    ORDER BY e.category, e.global_position LIMIT $2`;
  return {
    all: {
      name: `read_all${suffix}`,
      text: `SELECT ${columns} FROM ${events} WHERE global_position > $1 ORDER BY global_position LIMIT $2`,
    },
    ofOne: { name: `read_category${suffix}`, text: ofCategory("$3", columns) },
    /** Finds the positions in the index first, so that no event is read that the page does not hold. */
    ofSeveral: {
      name: `read_categories${suffix}`,
      text: `
        SELECT ${columns} FROM ${events} WHERE global_position = ANY (ARRAY(
          SELECT of_category.global_position
          FROM unnest($3::text[]) AS c (category)
            CROSS JOIN LATERAL (${ofCategory("c.category", "e.global_position")}) AS of_category
          ORDER BY of_category.global_position LIMIT $2
        ))
        ORDER BY global_position`,
    },
  };
}

function globalPosition(row: Row): number {
  return Number(row[GLOBAL_POSITION]);
}

/** How many of the first `most` positions are settled. */
function countWithin(positions: readonly number[], most: number, settled: number): number {
  const end = positions.findIndex((position, index) => index < most && position > settled);
  return end === -1 ? most : end;
}
