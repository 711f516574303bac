import { UuidGenerator } from "../../src/elements/uuid-generator";

const UUID_7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const millisecondsOf = (id: string) => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

/** The 32 bits of the counter, between the bits of version and variant. */
const countOf = (id: string) => {
  const digits = id.replaceAll("-", "");
  const number = (from: number, to: number) => Number.parseInt(digits.slice(from, to), 16);
  return number(13, 16) * 2 ** 20 + (number(16, 20) & 0x3fff) * 2 ** 6 + (number(20, 22) >> 2);
};

const ids = (generator: UuidGenerator, count: number) => Array.from({ length: count }, () => generator.next());

describe("UuidGenerator", () => {
  afterEach(() => jest.restoreAllMocks());

  it("makes UUIDs of version 7, in the order of their texts, no two alike, each in a text of its own", () => {
    const made = ids(new UuidGenerator(), 100_000);
    expect(made.filter((id) => !UUID_7.test(id))).toEqual([]);
    expect(new Set(made).size).toBe(made.length);
    expect(made.toSorted()).toEqual(made);
  });

  it("begins with the milliseconds since 1970", () => {
    const generator = new UuidGenerator();
    for (const moment of [1_700_000_000_000, 1_700_000_065_535, 1_700_000_065_536, 2 ** 48 - 1]) {
      jest.spyOn(Date, "now").mockReturnValue(moment);
      expect(ids(generator, 2).map(millisecondsOf)).toEqual([moment, moment]);
    }
  });

  it("counts within a millisecond, also when the clock goes back, and begins at a random number in the next one", () => {
    const generator = new UuidGenerator();
    const now = jest.spyOn(Date, "now").mockReturnValue(1_700_000_000_000);
    const first = ids(generator, 3);
    now.mockReturnValue(1_600_000_000_000);
    const behind = ids(generator, 3);
    const counts = [...first, ...behind].map(countOf);
    expect(counts.map((count) => count - counts[0]!)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(counts[0]).toBeLessThan(2 ** 31);
    const begins = Array.from({ length: 50 }, (_, after) => {
      now.mockReturnValue(1_700_000_000_001 + after);
      return countOf(generator.next());
    });
    expect(new Set(begins).size).toBeGreaterThan(45);
  });

  it("has random bits at its end: 42 that differ from id to id", () => {
    jest.spyOn(Date, "now").mockReturnValue(1_700_000_000_000);
    const tails = ids(new UuidGenerator(), 4_000).map((id) => BigInt(`0x${id.slice(25)}`) & (2n ** 42n - 1n));
    expect(new Set(tails).size).toBe(tails.length);
    const ones = Array.from({ length: 42 }, (_, bit) => tails.filter((tail) => (tail >> BigInt(bit)) & 1n).length);
    expect(ones.filter((count) => count < 1_700 || count > 2_300)).toEqual([]);
  });
});
