import { foldText, type StoredMessage } from "@tidemark/core/adapter";

import { chainAfter, checksumOf, sealOf } from "../src/checksums";
import type { Database } from "../src/drivers/database";

/** Does what the release of schema version 5 does with a file, by its statements: what it had prepared before another release migrates the file. */
export class Version5Writer {
  /** Every statement of that release that names a table of version 6 or one that went, with values to bind. */
  readonly statements: readonly { readonly sql: string; readonly run: () => unknown }[];
  private readonly last;
  private readonly lastGlobalPosition;
  private readonly insert;
  private readonly keep;

  constructor(private readonly database: Database) {
    const end = "(SELECT position FROM stream_ends WHERE stream = ?)";
    const columns =
      "stream, position, category, id, type, time, data, metadata, global_position, chain, seal, checksum";
    const query = <Bound extends unknown[], Row>(sql: string) => database.rows<Bound, Row>(sql);
    this.last = query<[string, string], [position: number, id: string, chain: number, seal: number, kept: number]>(
      `SELECT position, id, chain, seal, ${end} FROM events WHERE stream = ? ORDER BY position DESC LIMIT 1`,
    );
    this.lastGlobalPosition = database.values<[], number | null>("SELECT max(global_position) FROM events");
    this.insert = database.prepare(
      `INSERT INTO events (global_position, stream, position, category, id, type, time, chain, seal, checksum, data, metadata)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.keep = database.prepare(
      "INSERT INTO stream_ends VALUES (?, ?) ON CONFLICT (stream) DO UPDATE SET position = excluded.position",
    );
    const text = `group_concat(',"' || type || '",' || data, '')`;
    const reads: readonly (readonly [string, ...(string | number)[]])[] = [
      [`SELECT ${end}`, "a"],
      [
        `SELECT ${text}, count(*), max(position), id, chain, seal, ${end} FROM events WHERE stream = ? AND position > ? AND position <= ?`,
        "a",
        "a",
        -1,
        9,
      ],
      ["SELECT min(position) FROM events WHERE stream = ? AND time > ?", "a", 0],
      [
        `SELECT ${columns} FROM events WHERE global_position > ? AND global_position <= ? ORDER BY global_position LIMIT ?`,
        0,
        9,
        9,
      ],
      [
        `SELECT ${columns} FROM events WHERE category = ? AND global_position > ? AND global_position <= ? ORDER BY global_position LIMIT ?`,
        "a",
        0,
        9,
        9,
      ],
      [`SELECT ${columns} FROM events WHERE stream = ? AND position >= ? ORDER BY position LIMIT ?`, "a", 0, 9],
      [
        `SELECT ${columns} FROM events WHERE category = ? AND stream > ? AND position = 0 ORDER BY stream LIMIT ?`,
        "a",
        "",
        9,
      ],
      ["SELECT stream, position, global_position, type, data FROM events WHERE id = ?", "a"],
      ["SELECT global_position FROM events WHERE stream = ? AND position < ? ORDER BY position", "a", 9],
    ];
    const writes: readonly (readonly [string, ...(string | number)[]])[] = [
      ["DELETE FROM events WHERE stream = ? AND position < ?", "a", 9],
    ];
    this.statements = [
      ...reads.map(([sql, ...bound]) => {
        const statement = database.rows<(string | number)[], unknown>(sql);
        return { sql, run: () => statement.all(...bound) };
      }),
      ...writes.map(([sql, ...bound]) => {
        const statement = database.prepare<(string | number)[]>(sql);
        return { sql, run: () => statement.run(...bound) };
      }),
      { sql: "last", run: () => this.last.get("a", "a") },
      { sql: "max", run: () => this.lastGlobalPosition.get() },
      { sql: "insert", run: () => this.insert.run(1_000, "a", 0, "a", "x", "T", 0, 0, 0, 0, "{}", "{}") },
      { sql: "keep", run: () => this.keep.run("a", 0) },
    ];
  }

  append(stream: string, category: string, message: StoredMessage): void {
    const { id, type, time, data, metadata } = message;
    this.database.exec("BEGIN IMMEDIATE");
    try {
      const [end = -1, , before = 0] = this.last.get(stream, stream) ?? [];
      const [position, globalPosition] = [end + 1, (this.lastGlobalPosition.get() ?? 0) + 1];
      const chain = chainAfter(foldText(type, data), before);
      const seal = sealOf(stream, position, id, chain);
      const checksum = checksumOf(message, category, globalPosition, seal);
      const checksums = [chain, seal, checksum];
      this.insert.run(globalPosition, stream, position, category, id, type, time, ...checksums, data, metadata);
      this.keep.run(stream, position);
      this.database.exec("COMMIT");
    } catch (error) {
      this.database.exec("ROLLBACK");
      throw error;
    }
  }
}
