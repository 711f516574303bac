/**
 * crc32 without the text: `crc32(a + b)` is `shifted(crc32(a), shiftBy(bytes of b)) ^ crc32(b)`, for a checksum is the rest
 * of a division of polynomials over bits, and what follows moves a text up by its length. As zlib's `crc32_combine`.
 * All numbers are signed 32-bit integers.
 */
export function shifted(checksum: number, by: number): number {
  let bits = checksum;
  let power = by;
  let product = 0;
  // Without a branch, since half of the bits would be mispredicted.
  for (let bit = 0; bit < 32; bit++) {
    product ^= power & (bits >> 31);
    bits <<= 1;
    power = (power >>> 1) ^ (POLYNOMIAL & -(power & 1));
  }
  return product;
}

/** Moves a checksum past one byte, as `shifted` with `shiftBy(1)` does, by looking it up. */
export function shiftedByOne(checksum: number): number {
  return (checksum >>> 8) ^ OF_LOW_BYTE[checksum & 0xff]!;
}

/** What `shifted` takes to move a checksum past so many bytes. */
export function shiftBy(bytes: number): number {
  if (bytes >= KNOWN.length) return powerOf(bytes);
  KNOWN[bytes] ||= powerOf(bytes);
  return KNOWN[bytes]!;
}

/** That of crc32, its highest power first. */
const POLYNOMIAL = 0xedb88320 | 0;
/** x⁰, and x⁸ for one byte, in the same order of bits. */
const [ONE, BYTE] = [1 << 31, 1 << 23];

/** By length; the texts of events are short and their lengths recur. 0 for those that nobody has asked for. */
const KNOWN = new Int32Array(4_096);

function powerOf(bytes: number): number {
  let power = ONE;
  let square = BYTE;
  for (let left = bytes; left > 0; left >>>= 1) {
    if (left & 1) power = shifted(power, square);
    square = shifted(square, square);
  }
  return power;
}

/** What becomes of a checksum's low byte when it moves past one byte. */
const OF_LOW_BYTE = Int32Array.from({ length: 256 }, (_, byte) => shifted(byte, BYTE));
