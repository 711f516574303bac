import { crc32 } from "node:zlib";

import { contentSeed } from "./checksums";
import { shifted } from "./crc32-shift";
import { columnsOf } from "./wire-rows";
import type { Row, RowCollector } from "./work";

/** Texts of more bytes are not put together: they could be too long for one string. */
const MOST_BYTES = 64 * 1_024 * 1_024;

/** The columns of an event, in their order. The id comes last: what is put together overwrites what comes before it. */
export const FOLD_COLUMNS = "position, type, content_checksum, data, id";
/** How many those are. Where a row has as many as a snapshot, an event's others are NULL. */
const EVENT_COLUMNS = 5;

const SEPARATOR = ",";
const SEPARATOR_BYTE = 0x2c;
const BEFORE_FIRST = crc32(SEPARATOR);

/** A type as it is on the wire. */
interface KnownType {
  readonly bytes: Buffer;
  readonly text: string;
}

/** A type of the events of a stream, and what their checksums begin with. */
interface TypeOfEvents extends KnownType {
  readonly seed: number;
}

/**
 * Collects what an aggregate is folded from: events that follow one another, and a snapshot before them.
 *
 * The data of all events are moved together in the bytes that came from the server, so that one native pass verifies them, one makes a
 * string of them, and one parses it. Since crc32 is linear, the checksum of the whole can be computed from those of the rows and their
 * lengths. It covers each row, its type, its stream and its position.
 */
export class FoldRows implements RowCollector {
  /** The columns of the snapshot; undefined where there is none. */
  snapshot: Row | undefined;
  /** How many events there are, up to the limit. */
  count = 0;
  firstPosition = -1;
  firstId = "";
  /** Whether there was an event beyond the limit. */
  more = false;

  private isUsed = false;
  /** Whether all rows came as they should. */
  private isWhole = true;
  private limit: number;
  private types: TypeOfEvents[] = [];
  private typeOfEach: string[] = [];
  private expected = 0;
  private checksum = BEFORE_FIRST;
  private texts = "";
  private textBytes = 0;
  /** Where the data of the rows before lie together. */
  private bytes: Buffer | undefined;
  private start = 0;
  private end = 0;
  /** Where the last event's id is in `bytes`. */
  private idStart = 0;
  private idEnd = 0;

  /** @param most how many events there may be, the one at a snapshot's version aside. */
  constructor(
    private readonly stream: string,
    private readonly most: number,
  ) {
    this.limit = most;
  }

  begin(): void {
    if (this.isUsed) Object.assign(this, new FoldRows(this.stream, this.most));
    this.isUsed = true;
  }

  add(bytes: Buffer, at: number): void {
    const columns = bytes.readInt16BE(at);
    const position = at + 2 + 4;
    const positionEnd = position + bytes.readInt32BE(position - 4);
    const type = positionEnd + 4;
    const typeEnd = type + bytes.readInt32BE(positionEnd);
    const checksum = typeEnd + 4;
    const checksumEnd = checksum + bytes.readInt32BE(typeEnd);
    const data = checksumEnd + 4;
    const dataEnd = data + bytes.readInt32BE(checksumEnd);
    const idLength = bytes.readInt32BE(dataEnd);
    if (columns > EVENT_COLUMNS && bytes.readInt32BE(dataEnd + 4 + Math.max(idLength, 0)) !== NULL) {
      this.addSnapshot(bytes, at);
      return;
    }
    if (!this.isWhole) return;
    if (this.count === this.limit) {
      this.more = true;
      return;
    }
    const number = integerIn(bytes, position, positionEnd);
    if (this.count === 0) {
      this.firstPosition = number;
      this.firstId = bytes.toString("utf8", dataEnd + 4, dataEnd + 4 + idLength);
      if (this.snapshot !== undefined && number === Number(this.snapshot[0])) this.limit++;
    }
    this.textBytes += dataEnd - data;
    if (number !== this.firstPosition + this.count || this.textBytes > MOST_BYTES) {
      this.isWhole = false;
      return;
    }
    const { text, seed } = this.typeIn(bytes, type, typeEnd);
    this.typeOfEach.push(text);
    // A row's stored checksum covers its stream and type before the data, the text of all only the separator.
    const before = shifted(this.expected, SEPARATOR.length) ^ seed;
    this.expected = shifted(before, dataEnd - data) ^ integerIn(bytes, checksum, checksumEnd) ^ number;
    this.move(bytes, data, dataEnd);
    this.idStart = dataEnd + 4;
    this.idEnd = this.idStart + idLength;
    this.count++;
  }

  /** The id of the last event. */
  get lastId(): string {
    return this.bytes?.toString("utf8", this.idStart, this.idEnd) ?? "";
  }

  /** @returns alternately type and data of each event; undefined where the rows are not what was written, and have to be read one by one. */
  parsed(): unknown[] | undefined {
    if (!this.isWhole) return undefined;
    this.take();
    if (this.expected !== (this.count === 0 ? 0 : this.checksum | 0)) return undefined;
    const events = parsedList(this.texts);
    return events?.length === this.count ? alternating(this.typeOfEach, events) : undefined;
  }

  private addSnapshot(bytes: Buffer, at: number): void {
    // The event at its version would have been taken for another one.
    if (this.count > 0) this.isWhole = false;
    this.snapshot = columnsOf(bytes, at);
  }

  private typeIn(bytes: Buffer, start: number, end: number): TypeOfEvents {
    for (const type of this.types) if (isEqual(type.bytes, bytes, start, end)) return type;
    const known = knownType(bytes, start, end);
    const type = { ...known, seed: contentSeed(this.stream, known.text) ^ BEFORE_FIRST };
    this.types.push(type);
    return type;
  }

  /** Moves a text to those before it, as far as they came in the same bytes. */
  private move(bytes: Buffer, start: number, end: number): void {
    if (bytes !== this.bytes) {
      this.take();
      this.bytes = bytes;
      // The length of the text, which lies before it, was read.
      this.start = this.count === 0 ? start : start - SEPARATOR.length;
      if (this.count > 0) bytes[this.start] = SEPARATOR_BYTE;
      this.end = end;
      return;
    }
    bytes[this.end] = SEPARATOR_BYTE;
    bytes.copyWithin(this.end + SEPARATOR.length, start, end);
    this.end += SEPARATOR.length + end - start;
  }

  /** Makes a text of the bytes that lie together. */
  private take(): void {
    const { bytes, start, end } = this;
    if (bytes === undefined || start === end) return;
    this.checksum = crc32(bytes.subarray(start, end), this.checksum);
    this.texts += bytes.toString("utf8", start, end);
    this.start = end;
  }
}

/** The types that were read so far, by their lengths: a domain has some dozens. */
const KNOWN_TYPES = new Map<number, KnownType[]>();
const MOST_OF_A_LENGTH = 32;

function knownType(bytes: Buffer, start: number, end: number): KnownType {
  let known = KNOWN_TYPES.get(end - start);
  if (known === undefined) {
    known = [];
    KNOWN_TYPES.set(end - start, known);
  }
  for (const type of known) if (isEqual(type.bytes, bytes, start, end)) return type;
  const type = { bytes: Buffer.from(bytes.subarray(start, end)), text: bytes.toString("utf8", start, end) };
  if (known.length < MOST_OF_A_LENGTH) known.push(type);
  return type;
}

const NULL = -1;
const [MINUS, ZERO] = [0x2d, 0x30];

function integerIn(bytes: Buffer, start: number, end: number): number {
  const isNegative = bytes[start] === MINUS;
  let value = 0;
  for (let at = isNegative ? start + 1 : start; at < end; at++) value = 10 * value + bytes[at]! - ZERO;
  return isNegative ? -value : value;
}

function isEqual(known: Buffer, bytes: Buffer, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let at = 0; at < known.length; at++) if (known[at] !== bytes[start + at]) return false;
  return true;
}

/** @returns undefined for a text that is not JSON: reading the events one by one finds the one at fault. */
export function parsedList(texts: string): unknown[] | undefined {
  try {
    return JSON.parse(`[${texts}]`);
  } catch {
    return undefined;
  }
}

/** @returns undefined where the data of an event is no object. */
export function alternating(types: readonly string[], events: readonly unknown[]): unknown[] | undefined {
  const pairs: unknown[] = [];
  for (let index = 0; index < events.length; index++) {
    const event = events[index];
    if (typeof event !== "object" || event === null || Array.isArray(event)) return undefined;
    pairs.push(types[index], event);
  }
  return pairs;
}
