import { Pool } from "pg";

import { PostgresTeller } from "../tellers/postgres-teller";
import { PLAIN } from "../tellers/teller";
import type { HandWrittenLog, LoggedEvent } from "./hand-written-listeners";

const SCHEMA = "CREATE TABLE IF NOT EXISTS hand.checkpoints (name text PRIMARY KEY, position bigint NOT NULL)";

const STATEMENTS = {
  page: {
    name: "hand_log_page",
    text: `
      SELECT global_position, type, data FROM hand.events WHERE category = 'account' AND global_position > $1
      ORDER BY global_position LIMIT $2`,
  },
  lay: {
    name: "hand_lay",
    text: "INSERT INTO hand.checkpoints SELECT name, 0 FROM unnest($1::text[]) AS n (name) ON CONFLICT DO NOTHING",
  },
  move: {
    name: "hand_move",
    text: "UPDATE hand.checkpoints SET position = $3 WHERE name = ANY ($1::text[]) AND position = $2",
  },
} as const;

export class PostgresLog implements HandWrittenLog {
  private constructor(
    private readonly pool: Pool,
    readonly teller: PostgresTeller,
  ) {}

  static async connect(url: string): Promise<PostgresLog> {
    const teller = await PostgresTeller.connect(url, PLAIN);
    const pool = new Pool({ connectionString: url, max: 10 });
    await pool.query(SCHEMA);
    return new PostgresLog(pool, teller);
  }

  async page(after: number, limit: number): Promise<LoggedEvent[]> {
    const { rows } = await this.pool.query<[string, string, string]>({
      ...STATEMENTS.page,
      values: [after, limit],
      rowMode: "array",
    });
    return rows.map(([place, type, data]) => [Number(place), type, data]);
  }

  async lay(names: readonly string[]): Promise<void> {
    await this.pool.query({ ...STATEMENTS.lay, values: [names] });
  }

  async move(names: readonly string[], from: number, to: number): Promise<void> {
    const { rowCount } = await this.pool.query({ ...STATEMENTS.move, values: [names, from, to] });
    if (rowCount !== names.length) throw new Error(`${names.join()} have other owners`);
  }

  async close(): Promise<void> {
    await this.pool.end();
    await this.teller.close();
  }
}
