import { crc32 } from "node:zlib";

import { foldText, parseFoldText } from "@tidemark/core";

import { contentSeed } from "./checksums";
import { shiftBy, shifted } from "./crc32-shift";
import type { Row } from "./pooled-connection";

/** Joined texts of more bytes are not sent: what was short row by row could be too long for one string. */
const MAX_BYTES = 64 * 1_024 * 1_024;

/**
 * Consecutive events in one row: their texts, what is needed to verify those, and where they begin and end.
 *
 * @param events a query for their `position`, `id`, `type`, `data` and `content_checksum` in the order of their positions.
 * @param lastOf the place, from 1, of the event whose id is the last of the page.
 */
export function joinedEvents(events: string, lastOf: string): string {
  const texts = `string_agg(',"' || type || '",' || data, '')`;
  return `
    SELECT CASE WHEN octet_length(${texts}) <= ${MAX_BYTES} THEN ${texts} END,
      string_agg(content_checksum || ',' || octet_length(data), ','), count(*), min(position), max(position),
      (array_agg(id))[1], (array_agg(id))[least(count(*), ${lastOf})]
    FROM (${events}) AS page`;
}

export interface JoinedEvents {
  readonly count: number;
  readonly firstPosition: number;
  readonly firstId: string;
  readonly lastId: string;
  /** Alternately type and data; undefined where the rows have to be read one by one. */
  readonly parsed: unknown[] | undefined;
}

/** @param row its last columns are those of `joinedEvents`. @returns undefined where there is no event. */
export function readJoined(row: Row, stream: string): JoinedEvents | undefined {
  const [texts, checks, count, first, last, firstId, lastId] = row.slice(-7) as readonly string[];
  if (count === "0") return undefined;
  const rows = { stream, firstPosition: Number(first), count: Number(count) };
  const isWhole = Number(last) === rows.firstPosition + rows.count - 1 && texts !== null;
  const parsed = isWhole ? verified(texts!, checks!, rows) : undefined;
  return { count: rows.count, firstPosition: rows.firstPosition, firstId: firstId!, lastId: lastId!, parsed };
}

type Rows = { readonly stream: string; readonly firstPosition: number; readonly count: number };

function verified(texts: string, checks: string, rows: Rows): unknown[] | undefined {
  try {
    const events = parseFoldText(texts, rows);
    return expectedChecksum(events, checks, rows) === (crc32(texts) | 0) ? events : undefined;
  } catch {
    // What is wrong, and where, is told by reading the rows one by one.
    return undefined;
  }
}

/**
 * The checksum that the joined texts must have if each row is what was written: the rows' stored checksums, each moved past
 * what follows it. One pass over the whole text then verifies all of them, and their order.
 */
function expectedChecksum(events: readonly unknown[], checks: string, { stream, firstPosition, count }: Rows): number {
  const numbers = JSON.parse(`[${checks}]`) as number[];
  const types = new Map<unknown, TypeChecksum>();
  let type: unknown;
  let ofType: TypeChecksum | undefined;
  let checksum = 0;
  for (let index = 0; index < count; index++) {
    if (ofType === undefined || events[2 * index] !== type) {
      type = events[2 * index];
      ofType = types.get(type) ?? typeChecksum(stream, type as string);
      types.set(type, ofType);
    }
    const content = numbers[2 * index]! ^ (firstPosition + index);
    // A row's stored checksum covers its stream and type before the data, the joined text only its type.
    const before = shifted(checksum, ofType.shift) ^ ofType.exchange;
    checksum = shifted(before, shiftBy(numbers[2 * index + 1]!)) ^ content;
  }
  return checksum;
}

interface TypeChecksum {
  /** Past what stands before the data in the joined text. */
  readonly shift: number;
  /** Exchanges what stands before the data in the stored checksum for that. */
  readonly exchange: number;
}

function typeChecksum(stream: string, type: string): TypeChecksum {
  const before = foldText(type, "");
  return { shift: shiftBy(Buffer.byteLength(before)), exchange: contentSeed(stream, type) ^ crc32(before) };
}
