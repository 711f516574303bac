const LEAST_BITS = 2 ** 20;
const MOST_BITS = 2 ** 27;

/** How many bits a key gets where there is room, and how many of them are set. */
const BITS_A_KEY = 16;
const HASHES = 4;

/** Remembers keys in little memory: says of a key that it was never added, or that it may have been. A Bloom filter. */
export class WrittenKeys {
  readonly #words: Int32Array;
  readonly #mask: number;

  /** @param keys how many there may be; more cost precision only. */
  constructor(keys: number) {
    const wanted = 2 ** Math.ceil(Math.log2(Math.max(1, keys * BITS_A_KEY)));
    const bits = Math.min(MOST_BITS, Math.max(LEAST_BITS, wanted));
    this.#words = new Int32Array(bits / 32);
    this.#mask = bits - 1;
  }

  add(key: string): void {
    let [hash, step] = hashesOf(key);
    for (let index = 0; index < HASHES; index++, hash = (hash + step) | 0) {
      const bit = hash & this.#mask;
      this.#words[bit >>> 5]! |= 1 << (bit & 31);
    }
  }

  mayHave(key: string): boolean {
    let [hash, step] = hashesOf(key);
    for (let index = 0; index < HASHES; index++, hash = (hash + step) | 0) {
      const bit = hash & this.#mask;
      if ((this.#words[bit >>> 5]! & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }
}

function hashesOf(key: string): readonly [hash: number, step: number] {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash ^= hash >>> 16;
  // Odd, so that the steps reach every bit.
  return [hash, Math.imul(hash, 0x9e3779b1) | 1];
}
