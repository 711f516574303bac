import { crc32 } from "node:zlib";
import { textArray } from "../src/binary-arrays";
import { contentChecksum, envelopeChecksum, snapshotChecksum } from "../src/checksums";

/** Around the length from which on texts are not joined. */
const LENGTHS = [0, 1, 4_094, 4_095, 4_096, 4_097, 100_000];
const TEXTS = ["a", "ä", "😀", "\ud800"].flatMap((character) => LENGTHS.map((length) => character.repeat(length)));

it("stay what they are, whatever the length of a text is and whatever it holds", () => {
  for (const text of TEXTS) {
    expect(contentChecksum("a-ä", "T", text)).toBe(crc32(Buffer.from(`a-ä\0T\0${text}`)) | 0);
    const envelope = { id: "😀", time: 7, metadata: text };
    expect(envelopeChecksum(envelope)).toBe(crc32(Buffer.from(`😀\x007\0${text}`)) | 0);
    const snapshot = { stream: "s", version: 1, schemaVersion: 2, fingerprint: "f", time: 3, record: "{}" };
    const head = "s\x001\x002\0f\x003\0";
    expect(snapshotChecksum({ ...snapshot, state: text })).toBe(crc32(Buffer.from(`${head}text\0{}\0${text}`)) | 0);
    const state = Buffer.from(text);
    expect(snapshotChecksum({ ...snapshot, state })).toBe(
      crc32(Buffer.concat([Buffer.from(`${head}bytes\0{}\0`), state])) | 0,
    );
  }
});

it("an array of texts is as long as they are, whatever room was taken for them", () => {
  for (const text of TEXTS) {
    const bytes = Buffer.from(text);
    const array = textArray([text, null, "", text]);
    expect(array.subarray(0, 20)).toEqual(Buffer.from("00000001000000010000001900000004" + "00000001", "hex"));
    const length = Buffer.alloc(4);
    length.writeInt32BE(bytes.length);
    const rest = [length, bytes, Buffer.from("ffffffff00000000", "hex"), length, bytes];
    expect(array.subarray(20).equals(Buffer.concat(rest))).toBe(true);
  }
});
