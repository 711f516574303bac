import { crc32 } from "node:zlib";

import fc from "fast-check";

import { shifted } from "../src/crc32-shift";

it("makes the checksum of two texts from theirs, whatever their lengths", () => {
  const text = () => fc.string({ unit: "binary", maxLength: 6_000 });
  const property = fc.property(text(), text(), (first, second) => {
    expect(shifted(crc32(first), Buffer.byteLength(second)) ^ crc32(second)).toBe(crc32(first + second) | 0);
  });
  fc.assert(property);
});

it("makes the same of it however often a length was asked for", () => {
  const second = "an event's data, again and again";
  const property = fc.property(fc.string(), (first) => {
    expect(shifted(crc32(first), second.length) ^ crc32(second)).toBe(crc32(first + second) | 0);
  });
  fc.assert(property, { numRuns: 200 });
});

it("leaves a checksum alone that nothing follows", () => {
  for (let time = 0; time < 100; time++) expect(shifted(crc32("event"), 0)).toBe(crc32("event") | 0);
});
