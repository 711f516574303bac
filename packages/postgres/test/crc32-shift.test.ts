import { crc32 } from "node:zlib";

import fc from "fast-check";

import { shiftBy, shifted, shiftedByOne } from "../src/crc32-shift";

it("makes the checksum of two texts from theirs, whatever their lengths", () => {
  const texts = [
    fc.string({ unit: "binary", maxLength: 6_000 }),
    fc.string({ unit: "binary", maxLength: 6_000 }),
  ] as const;
  const property = fc.property(...texts, (first, second) => {
    const joined = shifted(crc32(first), shiftBy(Buffer.byteLength(second))) ^ crc32(second);
    expect(joined).toBe(crc32(first + second) | 0);
  });
  fc.assert(property);
});

it("leaves a checksum alone that nothing follows", () => {
  expect(shifted(crc32("event"), shiftBy(0))).toBe(crc32("event") | 0);
});

it("moves a checksum past one byte, the quick way", () => {
  fc.assert(
    fc.property(fc.integer(), (checksum) => expect(shiftedByOne(checksum)).toBe(shifted(checksum, shiftBy(1)))),
  );
});
