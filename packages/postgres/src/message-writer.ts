import type { Call, Parameter } from "./work";

const [BIND, SYNC] = [0x42, 0x53];
/** Executes what was bound, without a limit on the rows. */
const EXECUTE = Buffer.from([0x45, 0, 0, 0, 9, 0, 0, 0, 0, 0]);
/** Of a message: its kind and its length. Of a bind, besides: the ends of two names, and the numbers of formats, values and results' formats. */
const [HEADER_BYTES, LENGTH_BYTES, BIND_BYTES] = [5, 4, 10];
const [TEXT, BINARY] = [0, 1];
const NULL = -1;
/** UTF-8 has no more bytes for a code unit of UTF-16. */
const MOST_BYTES_A_CHARACTER = 3;
/** Texts up to this length are written faster without a native call. */
const SHORT_CHARACTERS = 24;

/**
 * Writes the messages that carry out prepared statements into one buffer. `pg` makes a buffer of each message and counts the bytes of each text
 * before it writes it.
 *
 * @param options.isEnd whether the server is to answer and to commit after them.
 */
export function messagesOf(calls: readonly Call[], { isEnd }: { readonly isEnd: boolean }): Buffer {
  const writer = new MessageWriter(calls);
  for (const call of calls) writer.writeCall(call);
  if (isEnd) writer.writeEnd();
  return writer.written();
}

class MessageWriter {
  private readonly buffer: Buffer;
  private at = 0;

  constructor(calls: readonly Call[]) {
    let bytes = HEADER_BYTES;
    for (const { statement, values } of calls) {
      bytes += HEADER_BYTES + BIND_BYTES + EXECUTE.length + MOST_BYTES_A_CHARACTER * statement.name.length;
      for (const value of values) bytes += 2 + LENGTH_BYTES + mostBytes(value);
    }
    this.buffer = Buffer.allocUnsafe(bytes);
  }

  writeCall({ statement, values }: Call): void {
    const { buffer } = this;
    const start = this.at;
    buffer[start] = BIND;
    this.at += HEADER_BYTES;
    // The portal has no name.
    buffer[this.at++] = 0;
    this.writeText(statement.name);
    buffer[this.at++] = 0;
    this.writeShort(values.length);
    for (const value of values) this.writeShort(typeof value === "object" && value !== null ? BINARY : TEXT);
    this.writeShort(values.length);
    for (const value of values) this.writeValue(value);
    // All columns of the answer are texts.
    this.writeShort(1);
    this.writeShort(TEXT);
    buffer.writeInt32BE(this.at - start - 1, start + 1);
    buffer.set(EXECUTE, this.at);
    this.at += EXECUTE.length;
  }

  writeEnd(): void {
    this.buffer[this.at] = SYNC;
    this.buffer.writeInt32BE(LENGTH_BYTES, this.at + 1);
    this.at += HEADER_BYTES;
  }

  written(): Buffer {
    return this.buffer.subarray(0, this.at);
  }

  private writeShort(value: number): void {
    this.buffer[this.at++] = value >>> 8;
    this.buffer[this.at++] = value & 0xff;
  }

  private writeValue(value: Parameter): void {
    const start = this.at;
    this.at += LENGTH_BYTES;
    if (value === null) {
      this.buffer.writeInt32BE(NULL, start);
      return;
    }
    if (typeof value === "object") {
      this.buffer.set(value, this.at);
      this.at += value.length;
    } else {
      this.writeText(typeof value === "string" ? value : String(value));
    }
    this.buffer.writeInt32BE(this.at - start - LENGTH_BYTES, start);
  }

  private writeText(text: string): void {
    const { buffer, at } = this;
    if (text.length <= SHORT_CHARACTERS) {
      let index = 0;
      for (; index < text.length; index++) {
        const code = text.charCodeAt(index);
        if (code > 0x7f) break;
        buffer[at + index] = code;
      }
      if (index === text.length) {
        this.at = at + index;
        return;
      }
    }
    this.at = at + buffer.write(text, at, "utf8");
  }
}

/** How many bytes a value can have at most: too many of a text cost less than to count them. */
function mostBytes(value: Parameter): number {
  if (value === null) return 0;
  if (typeof value === "string") {
    return value.length < LONG_CHARACTERS ? MOST_BYTES_A_CHARACTER * value.length : Buffer.byteLength(value);
  }
  return typeof value === "number" ? LONGEST_NUMBER : value.length;
}

/** Texts of so many characters would take too much room. */
const LONG_CHARACTERS = 1_024;
/** No number has more characters. */
const LONGEST_NUMBER = 32;
