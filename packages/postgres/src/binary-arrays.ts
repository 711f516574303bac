/**
 * Arrays as PostgreSQL sends them in binary: no quoting here, no parsing there, and one parameter for any number of
 * values, where a statement has room for 65,535.
 */
export function textArray(values: readonly (string | null)[]): Buffer {
  let characters = 0;
  for (const value of values) if (value !== null) characters += value.length;
  // Room for the longest that the texts can become saves a native call for each of them, which would count its bytes first.
  const isShort = characters < SHORT_CHARACTERS;
  const bytes = isShort ? MOST_BYTES_A_CHARACTER * characters : bytesOf(values);
  const buffer = header(HEADER_BYTES + 4 * values.length + bytes, TEXT, values.length);
  let at = HEADER_BYTES;
  for (const value of values) {
    const length = value === null ? 0 : buffer.write(value, at + 4, "utf8");
    buffer.writeInt32BE(value === null ? NULL : length, at);
    at += 4 + length;
  }
  return isShort ? buffer.subarray(0, at) : buffer;
}

/** How many characters are few enough to take more room for them than they need. */
const SHORT_CHARACTERS = 65_536;
/** UTF-8 has no more bytes for a code unit of UTF-16. */
const MOST_BYTES_A_CHARACTER = 3;

function bytesOf(values: readonly (string | null)[]): number {
  let bytes = 0;
  for (const value of values) if (value !== null) bytes += Buffer.byteLength(value);
  return bytes;
}

export function bytesArray(values: readonly (Uint8Array | null)[]): Buffer {
  const buffer = header(HEADER_BYTES + sum(values.map((value) => 4 + (value?.byteLength ?? 0))), BYTES, values.length);
  let at = HEADER_BYTES;
  for (const value of values) {
    buffer.writeInt32BE(value === null ? NULL : value.byteLength, at);
    if (value !== null) buffer.set(value, at + 4);
    at += 4 + (value?.byteLength ?? 0);
  }
  return buffer;
}

export function integerArray(values: readonly (number | null)[]): Buffer {
  return fixedArray(values, INTEGER, 4, (buffer, value, at) => buffer.writeInt32BE(value, at));
}

export function smallintArray(values: readonly (number | null)[]): Buffer {
  return fixedArray(values, SMALLINT, 2, (buffer, value, at) => buffer.writeInt16BE(value, at));
}

export function bigintArray(values: readonly (number | null)[]): Buffer {
  return fixedArray(values, BIGINT, 8, (buffer, value, at) => buffer.writeBigInt64BE(BigInt(value), at));
}

export function doubleArray(values: readonly (number | null)[]): Buffer {
  return fixedArray(values, DOUBLE, 8, (buffer, value, at) => buffer.writeDoubleBE(value, at));
}

export function booleanArray(values: readonly (boolean | null)[]): Buffer {
  return fixedArray(values, BOOLEAN, 1, (buffer, value, at) => buffer.writeUInt8(Number(value), at));
}

/** @param values in milliseconds since 1970. */
export function timeArray(values: readonly (number | null)[]): Buffer {
  return fixedArray(values, TIME, 8, (buffer, value, at) => buffer.writeBigInt64BE(microseconds(value), at));
}

/** A `timestamptz` by itself. @param value in milliseconds since 1970. */
export function timeValue(value: number): Buffer {
  const buffer = Buffer.allocUnsafe(8);
  buffer.writeBigInt64BE(microseconds(value));
  return buffer;
}

/** A `timestamptz` counts microseconds since 2000. */
function microseconds(value: number): bigint {
  return (BigInt(value) - YEAR_2000_MS) * 1_000n;
}

const YEAR_2000_MS = BigInt(Date.UTC(2000, 0, 1));

/** The number of dimensions, whether there are nulls, the type; then the only dimension's length and its first index. */
const HEADER_BYTES = 20;
const NULL = -1;

/** Object ids from PostgreSQL's pg_type.dat; they never change. */
const [BOOLEAN, BYTES, BIGINT, SMALLINT, INTEGER, TEXT, DOUBLE, TIME] = [16, 17, 20, 21, 23, 25, 701, 1184];

function fixedArray<T extends number | boolean>(
  values: readonly (T | null)[],
  type: number,
  size: number,
  write: (buffer: Buffer, value: T, at: number) => void,
): Buffer {
  let bytes = HEADER_BYTES;
  for (const value of values) bytes += 4 + (value === null ? 0 : size);
  const buffer = header(bytes, type, values.length);
  let at = HEADER_BYTES;
  for (const value of values) {
    buffer.writeInt32BE(value === null ? NULL : size, at);
    if (value !== null) write(buffer, value, at + 4);
    at += 4 + (value === null ? 0 : size);
  }
  return buffer;
}

function header(bytes: number, type: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(bytes);
  for (const [index, value] of [1, 1, type, length, 1].entries()) buffer.writeInt32BE(value, index * 4);
  return buffer;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}
