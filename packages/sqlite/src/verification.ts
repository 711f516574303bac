import { foldText, setImmediate, type VerifiedPage } from "@tidemark/core/adapter";
import { ascendingPages } from "./ascending-pages";
import { chainAfter, EMPTY_CHAIN } from "./checksums";
import { DamagedTable, isDamage } from "./database-errors";
import type { Database } from "./drivers/database";
import { EVENT_COLUMNS, type EventRow, isDamaged, messageIn, sealsIn } from "./event-rows";
import { EventStreams, NONE, type NumberedStream } from "./event-streams";
import { INDEXED_UP_TO, IndexedEvents } from "./indexed-events";
import { SNAPSHOT_COLUMNS, type SnapshotRow, snapshotIn } from "./snapshot-table";
import { isDamagedState, STATE_COLUMNS, type StateRow } from "./states";
import { differingEnd, KEPT_END } from "./stream-ends";
import { isDamagedStart, START_COLUMNS, type StartRow } from "./stream-starts";

type Fault = VerifiedPage["faults"][number];

const PAGE_SIZE = 500;

const DAMAGED_ROW = "the row was damaged or altered after it was written";

/**
 * Reads the whole store, a page at a time: the file's structure with its indexes, each stream from the first event that is kept
 * on, the starts and ends kept for them, what repeats the log, the snapshots and the states. What is appended meanwhile is left to the next run.
 */
export async function* verifyStore(database: Database): AsyncGenerator<VerifiedPage> {
  const checks = [structure, streams, starts, ends, repetitions, snapshots, states].map((check) => check(database));
  for (const pages of checks) {
    try {
      for (const page of pages) {
        yield page;
        await nextTurn();
      }
    } catch (error) {
      if (!isDamage(error)) throw error;
      yield { messages: 0, faults: [fileFault(`the file is damaged: ${(error as Error).message}`)] };
    }
  }
}

/** The process has other things to do between two pages. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function* structure(database: Database): Generator<VerifiedPage> {
  const answers = database.values<[], string>("PRAGMA integrity_check(20)").all();
  const faults = answers
    .filter((answer) => answer !== "ok")
    .map((answer) => fileFault(`the file is damaged: ${answer}`));
  if (faults.length > 0) yield { messages: 0, faults };
}

function* streams(database: Database): Generator<VerifiedPage> {
  const known = new EventStreams(database);
  const newest = database.values<[], number | null>("SELECT max(global_position) FROM event_log").get() ?? 0;
  const page = database.rows<[number, number, number, number], EventRow>(
    `SELECT ${EVENT_COLUMNS} FROM event_log INDEXED BY event_log_by_stream
       WHERE (stream_id, position) > (?, ?) AND global_position <= ? ORDER BY stream_id, position LIMIT ?`,
  );
  const startOf = database.rows<[string], [position: number, chain: number]>(
    "SELECT position, chain FROM stream_starts WHERE stream = ?",
  );
  const before = ({ number, stream }: NumberedStream, position: number, previous: Previous): Previous => {
    const last = number === previous.number ? previous : { number, position: -1, chain: EMPTY_CHAIN };
    if (position === last.position + 1) return last;
    const [start = 0, chain] = startOf.get(stream) ?? [];
    if (position > start) return start > last.position ? { number, position: start - 1, chain } : last;
    // More of it may have been forgotten since the row was read.
    return { number, position: position - 1, chain: position === start ? chain : undefined };
  };
  let previous: Previous = { number: NONE, position: -1, chain: EMPTY_CHAIN };
  for (;;) {
    const { number: lastNumber, position: lastPosition } = previous;
    const rows = page.all(lastNumber, lastPosition, newest, PAGE_SIZE);
    if (rows.length === 0) break;
    const faults: Fault[] = [];
    for (const row of rows) {
      const stream = streamIn(known, row, faults);
      const [number, position] = row;
      previous =
        stream === undefined
          ? { number, position, chain: undefined }
          : check(row, stream, before(stream, position, previous), faults);
    }
    yield { messages: rows.length, faults };
    // As for `refuseDisorder`, by both.
    const isFurther =
      previous.number > lastNumber || (previous.number === lastNumber && previous.position > lastPosition);
    if (!isFurther) throw new DamagedTable("event_log_by_stream");
  }
}

function streamIn(streams: EventStreams, [number, position]: EventRow, faults: Fault[]): NumberedStream | undefined {
  try {
    return streams.named(number);
  } catch (error) {
    if (!isDamage(error)) throw error;
    faults.push({ stream: "", position, reason: `the name of its stream, number ${number}, is missing or damaged` });
    return undefined;
  }
}

/** The starts of streams whose first events were forgotten. */
function* starts(database: Database): Generator<VerifiedPage> {
  const page = database.rows<[string, number], StartRow>(
    `SELECT ${START_COLUMNS} FROM stream_starts WHERE stream > ? ORDER BY stream LIMIT ?`,
  );
  const read = (after: string) => page.all(after, PAGE_SIZE);
  for (const rows of ascendingPages({ table: "stream_starts", first: "", read, keyOf: ([stream]) => stream })) {
    const damaged = Array.from(rows.filter(isDamagedStart));
    const reason = "the record of its start was damaged or altered after it was written";
    yield { messages: 0, faults: damaged.map(([stream, , position]) => ({ stream, position, reason })) };
  }
}

/** Compares the end kept for each stream with its events. */
function* ends(database: Database): Generator<VerifiedPage> {
  const page = database.rows<[number, number], [number: number, stream: string, found: number, kept: number]>(
    `SELECT s.id, s.name, coalesce((SELECT max(position) FROM event_log e WHERE e.stream_id = s.id), -1),
              ${KEPT_END.replaceAll("?", "s.id")}
       FROM event_streams s NOT INDEXED WHERE s.id > ? ORDER BY s.id LIMIT ?`,
  );
  const read = (after: number) => page.all(after, PAGE_SIZE);
  for (const rows of ascendingPages({ table: "event_streams", first: NONE, read, keyOf: ([number]) => number })) {
    const differing = Array.from(rows.filter(([, , found, kept]) => found !== kept || found === -1));
    const faults = differing.map(([, stream, found, kept]) => differingEnd(stream, found, Math.max(kept, 0)));
    yield { messages: 0, faults };
  }
}

/** Compares the tables of ids and of the order of categories with the log, which they repeat. */
function* repetitions(database: Database): Generator<VerifiedPage> {
  const upTo = new IndexedEvents(database).upTo();
  const page = database.rows<[number, number, number], [number, number, string, string | null, number, number]>(
    `SELECT e.global_position, e.position, e.id, s.name,
              EXISTS (SELECT 1 FROM event_ids i WHERE i.id = e.id AND i.global_position = e.global_position),
              EXISTS (SELECT 1 FROM event_order o WHERE o.category_id = e.category_id AND o.global_position = e.global_position)
       FROM event_log e NOT INDEXED LEFT JOIN event_streams s ON s.id = e.stream_id
       WHERE e.global_position > ? AND e.global_position <= ? ORDER BY e.global_position LIMIT ?`,
  );
  const read = (after: number) => page.all(after, upTo, PAGE_SIZE);
  for (const rows of ascendingPages({ table: "event_log", first: 0, read, keyOf: ([position]) => position })) {
    const missing = Array.from(rows.filter(([, , , , hasId, isOrdered]) => hasId === 0 || isOrdered === 0));
    const reason = "the tables event_ids or event_order do not have it";
    const faults = missing.map(([, position, , stream]) => ({ stream: stream ?? "", position, reason }));
    yield { messages: 0, faults };
  }
  for (const table of ["event_ids", "event_order"]) {
    // One statement: others may forget events meanwhile, or enter new ones.
    const surplus = database.values<[], number>(
      `SELECT (SELECT count(*) FROM ${table})
         - (SELECT count(*) FROM event_log NOT INDEXED WHERE global_position <= ${INDEXED_UP_TO})`,
    );
    if (surplus.get() !== 0)
      yield {
        messages: 0,
        faults: [fileFault(`the table ${table} does not have as many entries as there are events`)],
      };
  }
}

/** The event before another one; before the first one of a stream, where the stream begins. */
interface Previous {
  readonly number: number;
  readonly position: number;
  /** Undefined where it is not known. */
  readonly chain: number | undefined;
}

function check(row: EventRow, ref: NumberedStream, previous: Previous, faults: Fault[]): Previous {
  const message = messageIn(row, ref);
  const { stream, position, type, data, metadata } = message;
  const expected = previous.position + 1;
  const { chain } = sealsIn(row);
  const contiguous = position === expected;
  if (!contiguous)
    faults.push({ stream, position: expected, reason: `the rows up to position ${position - 1} are missing` });
  if (isDamaged(row, message, ref)) faults.push({ stream, position, reason: DAMAGED_ROW });
  else if (contiguous && !isNext(previous.chain, foldText(type, data), chain)) {
    faults.push({ stream, position, reason: "the row does not continue those before it" });
  } else if (!isJsonObject(data))
    faults.push({ stream, position, reason: "its data is not the JSON text of an object" });
  else if (!isJsonObject(metadata))
    faults.push({ stream, position, reason: "its metadata is not the JSON text of an object" });
  return { number: ref.number, position, chain };
}

function isNext(before: number | undefined, folded: string, chain: number): boolean {
  return before === undefined || chainAfter(folded, before) === chain;
}

function* snapshots(database: Database): Generator<VerifiedPage> {
  const page = database.rows<[number, number], [rowid: number, ...SnapshotRow]>(
    `SELECT rowid, ${SNAPSHOT_COLUMNS} FROM snapshots WHERE rowid > ? ORDER BY rowid LIMIT ?`,
  );
  const read = (after: number) => page.all(after, PAGE_SIZE / 10);
  for (const rows of ascendingPages({ table: "snapshots", first: 0, read, keyOf: ([rowid]) => rowid })) {
    const faults: Fault[] = [];
    for (const [, ...row] of rows) {
      const { stream, version: position, fault } = snapshotIn(row);
      if (fault !== undefined) faults.push({ stream, position, reason: fault });
    }
    yield { messages: rows.length, faults };
  }
}

function* states(database: Database): Generator<VerifiedPage> {
  const page = database.rows<[string, number], StateRow>(
    `SELECT ${STATE_COLUMNS} FROM states WHERE stream > ? ORDER BY stream LIMIT ?`,
  );
  const read = (after: string) => page.all(after, PAGE_SIZE);
  for (const rows of ascendingPages({ table: "states", first: "", read, keyOf: ([stream]) => stream })) {
    const damaged = Array.from(rows.filter(isDamagedState));
    const faults = damaged.map(([stream, , position]) => ({ stream, position, reason: DAMAGED_ROW }));
    yield { messages: rows.length, faults };
  }
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** A fault of no stream in particular. */
function fileFault(reason: string): Fault {
  return { stream: "", position: -1, reason };
}
