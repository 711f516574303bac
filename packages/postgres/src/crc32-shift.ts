/**
 * Moves a checksum past a text of so many bytes: `crc32(a + b)` is `shifted(crc32(a), bytes of b) ^ crc32(b)`. A checksum is the
 * remainder of a division of polynomials over bits, and a text that follows multiplies the first one by a power of x. zlib's
 * `crc32_combine` does the same. All numbers are signed 32-bit integers.
 */
export function shifted(checksum: number, bytes: number): number {
  if (bytes >= LONGEST_KNOWN) return product(checksum, powerOf(bytes));
  const table = TABLES[bytes];
  if (table === undefined) return shiftedOnce(checksum, bytes);
  return (
    table[checksum & 0xff]! ^
    table[0x100 | ((checksum >>> 8) & 0xff)]! ^
    table[0x200 | ((checksum >>> 16) & 0xff)]! ^
    table[0x300 | (checksum >>> 24)]!
  );
}

/** Powers of x are kept for lengths below this one: the texts of events are short, and their lengths recur. */
const LONGEST_KNOWN = 4_096;
/** By length; 0 for a length that nobody has asked for. */
const POWERS = new Int32Array(LONGEST_KNOWN);
const USES = new Uint8Array(LONGEST_KNOWN);

/** A table takes 4 KB and 2 µs, which pay for themselves after some 30 uses. */
const USES_WORTH_A_TABLE = 30;
const MOST_TABLES = 256;
/** For lengths that are used often: what each value of each of a checksum's four bytes becomes. */
const TABLES: (Int32Array | undefined)[] = Array.from({ length: LONGEST_KNOWN }, () => undefined);
let tables = 0;

function shiftedOnce(checksum: number, bytes: number): number {
  POWERS[bytes] ||= powerOf(bytes);
  const power = POWERS[bytes]!;
  if (tables < MOST_TABLES && ++USES[bytes]! === USES_WORTH_A_TABLE) {
    TABLES[bytes] = tableOf(power);
    tables++;
  }
  return product(checksum, power);
}

function tableOf(power: number): Int32Array {
  const table = new Int32Array(4 * 256);
  for (let place = 0; place < 4; place++) {
    for (let byte = 1; byte < 256; byte++) {
      const rest = byte & (byte - 1);
      const at = 256 * place + byte;
      // The entry of the lowest bit, plus the entry of the other bits, which is there already.
      table[at] = rest === 0 ? product(byte << (8 * place), power) : table[at - rest]! ^ table[256 * place + rest]!;
    }
  }
  return table;
}

/** The polynomial of crc32, its highest power first. */
const POLYNOMIAL = 0xedb88320 | 0;
/** x⁰, and x⁸ for one byte, in the same order of bits. */
const [ONE, BYTE] = [1 << 31, 1 << 23];

function powerOf(bytes: number): number {
  let power = ONE;
  let square = BYTE;
  for (let left = bytes; left > 0; left >>>= 1) {
    if (left & 1) power = product(power, square);
    square = product(square, square);
  }
  return power;
}

function product(a: number, b: number): number {
  let bits = a;
  let power = b;
  let sum = 0;
  // Without a branch: the processor would predict half of them wrongly.
  for (let bit = 0; bit < 32; bit++) {
    sum ^= power & (bits >> 31);
    bits <<= 1;
    power = (power >>> 1) ^ (POLYNOMIAL & -(power & 1));
  }
  return sum;
}
