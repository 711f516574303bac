import { ascendingPages } from "./ascending-pages";
import { DamagedTable } from "./database-errors";
import type { Database } from "./drivers/database";
import { categoryOf, EventStreams } from "./event-streams";

/** Streams that get their numbers between two looks at the older tables. */
const PAGE_SIZE = 1_000;

/**
 * Moves the events of version 5 to the tables of version 6, inside a transaction that is open, and drops the older tables. SQLite
 * copies them row by row: the memory that it takes does not grow with the file. Checksums stay as they are, since they cover names.
 *
 * @throws DamagedTable where damage keeps events from their streams or hides some: none may be left behind silently.
 */
export function moveEvents(database: Database): void {
  numberStreams(database);
  // The joins leave out rows whose names are damaged, which the counts tell.
  database.exec(`
    INSERT INTO event_log
      SELECT e.global_position, s.id, e.position, c.id, e.id, e.type, e.time, e.chain, e.seal, e.checksum, e.data, e.metadata
      FROM events e NOT INDEXED
        CROSS JOIN event_streams s INDEXED BY event_streams_by_name ON s.name = e.stream
        CROSS JOIN event_categories c INDEXED BY event_categories_by_name ON c.name = e.category
      ORDER BY e.global_position;
    INSERT INTO event_ends
      SELECT s.id, e.position FROM event_streams s CROSS JOIN stream_ends e ON e.stream = s.name ORDER BY s.id;
    INSERT INTO event_ids SELECT id, global_position FROM event_log ORDER BY id;
    INSERT INTO event_order SELECT category_id, global_position FROM event_log ORDER BY category_id, global_position;
    INSERT INTO indexed_events SELECT up_to, -up_to FROM (SELECT coalesce(max(global_position), 0) AS up_to FROM event_log)`);
  for (const [older, newer] of [
    ["events NOT INDEXED", "event_log NOT INDEXED"],
    ["events INDEXED BY events_by_stream WHERE stream > ''", "event_log NOT INDEXED"],
    ["stream_ends", "event_ends"],
  ] as const)
    if (count(database, older) !== count(database, newer)) throw new DamagedTable(older.replace(/ .*/, ""));
  database.exec("DROP TABLE events; DROP TABLE stream_ends");
}

function numberStreams(database: Database): void {
  const streams = new EventStreams(database);
  const page = database.rows<[string, number], [stream: string, category: string | null]>(
    `SELECT stream, (SELECT category FROM events e WHERE e.stream = ended.stream LIMIT 1)
       FROM stream_ends ended WHERE stream > ? ORDER BY stream LIMIT ?`,
  );
  const read = (after: string) => page.all(after, PAGE_SIZE);
  for (const rows of ascendingPages({ table: "stream_ends", first: "", read, keyOf: ([stream]) => stream }))
    for (const [stream, category] of rows) streams.numberFor({ stream, category: category ?? categoryOf(stream) });
}

function count(database: Database, from: string): number {
  return database.values<[], number>(`SELECT count(*) FROM ${from}`).get()!;
}
