import { HASHES, keyHash } from "../../../src/projections/inspection/key-hash";
import { PartOfKeys } from "../../../src/projections/inspection/part-of-keys";

const KEYS = Array.from({ length: 2_000 }, (_, number) => `account-${number}`);

describe("keyHash", () => {
  it("is the same for the same key and seed, and another for another seed", () => {
    expect(keyHash("a-1", 7)).toBe(keyHash("a-1", 7));
    expect(keyHash("a-1", 7)).not.toBe(keyHash("a-1", 8));
    expect(keyHash("a-1", 7)).not.toBe(keyHash("a-2", 7));
  });

  it("spreads keys that differ in their end over all whole numbers below HASHES", () => {
    const tenths = new Array<number>(10).fill(0);
    for (const key of KEYS) {
      const hash = keyHash(key, 1);
      expect(Number.isSafeInteger(hash) && hash >= 0 && hash < HASHES).toBe(true);
      tenths[Math.floor((hash / HASHES) * 10)]!++;
    }
    for (const count of tenths) expect(Math.abs(count - 200)).toBeLessThan(70);
  });
});

describe("PartOfKeys", () => {
  it("has each key in one of two parts, and gives up the upper half", () => {
    const lower = new PartOfKeys(3, 0, HASHES / 2);
    const upper = new PartOfKeys(3, HASHES / 2, HASHES);
    for (const key of KEYS) expect(lower.has(key)).toBe(!upper.has(key));
    const before = KEYS.filter((key) => upper.has(key));
    upper.halve();
    const rest = new PartOfKeys(3, upper.end, HASHES);
    expect(upper.end).toBe(HASHES * 0.75);
    for (const key of before) expect(upper.has(key)).toBe(!rest.has(key));
    expect(before.filter((key) => rest.has(key)).length).toBeGreaterThan(300);
  });
});
