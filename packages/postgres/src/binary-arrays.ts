/**
 * Arrays as PostgreSQL sends them in binary: no quoting here, no parsing there, and one parameter for any number of
 * values, where a statement has room for 65,535.
 */
export function textArray(values: readonly (string | null)[]): Buffer {
  let bytes = HEADER_BYTES;
  for (const value of values) bytes += 4 + (value === null ? 0 : Buffer.byteLength(value));
  const buffer = header(bytes, TEXT, values.length);
  let at = HEADER_BYTES;
  for (const value of values) {
    const length = value === null ? 0 : buffer.write(value, at + 4, "utf8");
    buffer.writeInt32BE(value === null ? NULL : length, at);
    at += 4 + length;
  }
  return buffer;
}

export function integerArray(values: readonly number[]): Buffer {
  return fixedArray(values, INTEGER, 4, (buffer, value, at) => buffer.writeInt32BE(value, at));
}

export function smallintArray(values: readonly number[]): Buffer {
  return fixedArray(values, SMALLINT, 2, (buffer, value, at) => buffer.writeInt16BE(value, at));
}

export function bigintArray(values: readonly number[]): Buffer {
  return fixedArray(values, BIGINT, 8, (buffer, value, at) => buffer.writeBigInt64BE(BigInt(value), at));
}

/** The number of dimensions, whether there are nulls, the type; then the only dimension's length and its first index. */
const HEADER_BYTES = 20;
const NULL = -1;

/** Object ids from PostgreSQL's pg_type.dat; they never change. */
const [BIGINT, SMALLINT, INTEGER, TEXT] = [20, 21, 23, 25];

function fixedArray(
  values: readonly number[],
  type: number,
  size: number,
  write: (buffer: Buffer, value: number, at: number) => void,
): Buffer {
  const buffer = header(HEADER_BYTES + values.length * (4 + size), type, values.length);
  let at = HEADER_BYTES;
  for (const value of values) {
    buffer.writeInt32BE(size, at);
    write(buffer, value, at + 4);
    at += 4 + size;
  }
  return buffer;
}

function header(bytes: number, type: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(bytes);
  for (const [index, value] of [1, 1, type, length, 1].entries()) buffer.writeInt32BE(value, index * 4);
  return buffer;
}
