import { crc32 } from "node:zlib";

import { contentSeed } from "./checksums";
import { shifted } from "./crc32-shift";
import { alternating, parsedList } from "./fold-rows";
import type { Row } from "./work";

/** Joined texts of more bytes are not sent: they could be too long for one string. */
const MAX_BYTES = 64 * 1_024 * 1_024;

const SEPARATOR = ",";
/** Stands between types, which hold nothing that JSON would escape. */
const TYPE_SEPARATOR = '"';

/**
 * Makes a query for consecutive events in one row: their data and types joined, what those are verified with, and the first and
 * the last of them. Nothing is put together for each event, which would take the server longer than finding it.
 *
 * @param events a query for their `position`, `id`, `type`, `data` and `content_checksum` in the order of their positions.
 * @param lastOf the place, from 1, of the event whose id is the last of the page.
 */
export function joinedEvents(events: string, lastOf: string): string {
  const texts = `string_agg(data, '${SEPARATOR}')`;
  return `
    SELECT CASE WHEN octet_length(${texts}) <= ${MAX_BYTES} THEN ${texts} END, string_agg(type, '${TYPE_SEPARATOR}'),
      array_agg(content_checksum), array_agg(octet_length(data)), min(position), max(position),
      (array_agg(id))[1], (array_agg(id))[least(count(*), ${lastOf})]
    FROM (${events}) AS page`;
}

const COLUMNS = 8;

export interface JoinedEvents {
  readonly count: number;
  readonly firstPosition: number;
  readonly firstId: string;
  readonly lastId: string;
  /** Alternately type and data; undefined where the events have to be read one by one. */
  readonly parsed: unknown[] | undefined;
}

/** @param row its last columns are those of `joinedEvents`. @returns undefined where there is no event. */
export function readJoined(row: Row, stream: string): JoinedEvents | undefined {
  const [texts, types, checksums, lengths, first, last, firstId, lastId] = row.slice(-COLUMNS) as readonly string[];
  if (first === null) return undefined;
  const rows = {
    stream,
    firstPosition: Number(first),
    types: types!.split(TYPE_SEPARATOR),
    checksums: numbersIn(checksums!),
    lengths: numbersIn(lengths!),
  };
  const count = rows.checksums.length;
  const isWhole = Number(last) === rows.firstPosition + count - 1 && texts !== null;
  const parsed = isWhole ? verified(texts!, rows) : undefined;
  return { count, firstPosition: rows.firstPosition, firstId: firstId!, lastId: lastId!, parsed };
}

/** Reads an array as PostgreSQL writes it: `{1,2,3}`. */
function numbersIn(array: string): readonly number[] {
  return JSON.parse(`[${array.slice(1, -1)}]`);
}

interface Rows {
  readonly stream: string;
  readonly firstPosition: number;
  readonly types: readonly string[];
  readonly checksums: readonly number[];
  readonly lengths: readonly number[];
}

const BEFORE_FIRST = crc32(SEPARATOR);

function verified(texts: string, rows: Rows): unknown[] | undefined {
  if (expectedChecksum(rows) !== (crc32(texts, BEFORE_FIRST) | 0)) return undefined;
  const events = parsedList(texts);
  return events?.length === rows.types.length ? alternating(rows.types, events) : undefined;
}

/**
 * Computes the checksum that the joined texts, each after its separator, have if every row is what was written. It is made
 * of the rows' stored checksums, each moved past what follows it, so that one pass over the whole text verifies all rows and their
 * order.
 */
function expectedChecksum({ stream, firstPosition, types, checksums, lengths }: Rows): number {
  const seeds = new Map<string, number>();
  let type: string | undefined;
  let seed = 0;
  let checksum = 0;
  for (let index = 0; index < checksums.length; index++) {
    if (types[index] !== type) {
      type = types[index]!;
      seed = seeds.get(type) ?? contentSeed(stream, type) ^ BEFORE_FIRST;
      seeds.set(type, seed);
    }
    // A row's stored checksum covers its stream and type before the data, the joined text only the separator.
    const before = shifted(checksum, SEPARATOR.length) ^ seed;
    checksum = shifted(before, lengths[index]!) ^ checksums[index]! ^ (firstPosition + index);
  }
  return checksum;
}
