import { crc32 } from "node:zlib";

import type { RecordedMessage } from "@tidemark/core/adapter";

import { globalPositionBits } from "./checksums";
import { shifted } from "./crc32-shift";
import type { RowCollector } from "./work";

/**
 * Stands between the columns of a row that is joined to one text. JSON and names hold none; an id may, and then the row has more parts than
 * columns.
 */
const SEPARATOR = "\u0001";
const SEPARATOR_BYTE = 1;

/**
 * The columns of an event, joined to one text, which makes a third of the driver's work of twelve columns. Numbers and the category come
 * first. The rest is what the checksums cover, in their order.
 */
export const JOINED_COLUMNS = `concat_ws(E'\\x01', position, global_position, content_checksum, envelope_checksum, category,
  stream, type, data, id, time, metadata)`;

/** From the category on. */
const PARTS = 7;

/** Collects events in global order whose columns are joined. */
export class GlobalRows implements RowCollector {
  messages: RecordedMessage[] = [];
  /** Whether every row was what was written. Otherwise the rows have to be read column by column. */
  isWhole = true;

  private bytes: Buffer = NOTHING;
  private at = 0;
  private lastStream = "";
  private lastCategory = "";
  private readonly types: string[] = [];

  begin(): void {
    this.messages = [];
    this.isWhole = true;
  }

  add(bytes: Buffer, at: number): void {
    if (!this.isWhole) return;
    const start = at + 2 + 4;
    const end = start + bytes.readInt32BE(at + 2);
    this.bytes = bytes;
    this.at = start;
    const message = this.message(end);
    if (message === undefined) this.isWhole = false;
    else this.messages.push(message);
  }

  /** @returns undefined for a row that is not what was written. */
  private message(end: number): RecordedMessage | undefined {
    const position = this.number(end);
    const globalPosition = this.number(end);
    const content = this.number(end) ^ position;
    const envelope = this.number(end) ^ globalPositionBits(globalPosition);
    const text = this.bytes.toString("utf8", this.at, end);
    const parts = partsOf(text);
    if (parts === undefined) return undefined;
    const [category, stream, type, data, id, time, metadata] = parts;
    const isAscii = text.length === end - this.at;
    const bytesOf = isAscii ? charactersIn : Buffer.byteLength;
    const first = this.at + bytesOf(category!) + 1;
    const checksum = crc32(this.bytes.subarray(first, end)) | 0;
    const lengths = [bytesOf(type!), bytesOf(data!), bytesOf(id!), time!.length, bytesOf(metadata!)] as const;
    if (checksum !== expectedChecksum(content, envelope, ...lengths)) return undefined;
    if (!stream!.startsWith(category!) || stream![category!.length] !== "-") return undefined;
    return {
      id: id!,
      type: this.typeLike(type!),
      stream: this.streamLike(stream!),
      category: this.categoryLike(category!),
      position,
      globalPosition,
      time: Number(time),
      data: data!,
      metadata: metadata!,
    };
  }

  /** Reads the number at `at`, which ends before `end`, and moves `at` behind the separator after it. */
  private number(end: number): number {
    const { bytes } = this;
    let { at } = this;
    const isNegative = bytes[at] === MINUS;
    if (isNegative) at++;
    let value = 0;
    for (; at < end && bytes[at] !== SEPARATOR_BYTE; at++) value = 10 * value + bytes[at]! - ZERO;
    this.at = at + 1;
    return isNegative ? -value : value;
  }

  /*
   * A part of a text keeps the whole text alive. Names recur: each is given out as the same text as before.
   */

  private typeLike(type: string): string {
    const { types } = this;
    for (const known of types) if (known === type) return known;
    if (types.length < MOST_TYPES) types.push(type);
    return type;
  }

  private streamLike(stream: string): string {
    if (stream !== this.lastStream) this.lastStream = stream;
    return this.lastStream;
  }

  private categoryLike(category: string): string {
    if (category !== this.lastCategory) this.lastCategory = category;
    return this.lastCategory;
  }
}

/** A page has few types as a rule, and to compare a text with some is faster than to find it in a map. */
const MOST_TYPES = 16;
const NOTHING = Buffer.alloc(0);
const [MINUS, ZERO] = [0x2d, 0x30];

function charactersIn(text: string): number {
  return text.length;
}

/** Does what `split` does, in less time. @returns undefined for another number of parts. */
function partsOf(text: string): string[] | undefined {
  const parts: string[] = [];
  let start = 0;
  for (let part = 1; part < PARTS; part++) {
    const end = text.indexOf(SEPARATOR, start);
    if (end === -1) return undefined;
    parts.push(text.slice(start, end));
    start = end + SEPARATOR.length;
  }
  if (text.indexOf(SEPARATOR, start) !== -1) return undefined;
  parts.push(text.slice(start));
  return parts;
}

const SEPARATED = crc32(SEPARATOR);
/** What another separator than that of the checksums, a zero, makes of a checksum. */
const DIFFERENCE = SEPARATED ^ crc32("\0");

/**
 * Computes the checksum of stream, type, data, id, time and metadata, separated, from the two that were stored: that of stream, type and
 * data, and that of the rest.
 */
function expectedChecksum(
  content: number,
  envelope: number,
  type: number,
  data: number,
  id: number,
  time: number,
  metadata: number,
): number {
  const separators = shifted(DIFFERENCE, type + 1) ^ DIFFERENCE;
  const ofContent = shifted(separators, data) ^ content;
  const before = shifted(ofContent, 1) ^ SEPARATED;
  const between = shifted(before, id + time + 2) ^ shifted(DIFFERENCE, time + 1) ^ DIFFERENCE;
  return shifted(between, metadata) ^ envelope;
}
