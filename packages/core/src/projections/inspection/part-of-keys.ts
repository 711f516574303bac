import { keyHash } from "./key-hash";

/** A part of the keys of a projection: those whose hashes lie in a range. */
export class PartOfKeys {
  #end: number;

  constructor(
    private readonly seed: number,
    readonly start: number,
    end: number,
  ) {
    this.#end = end;
  }

  /** The first hash behind the range. */
  get end(): number {
    return this.#end;
  }

  has(key: string): boolean {
    const hash = keyHash(key, this.seed);
    return hash >= this.start && hash < this.#end;
  }

  /** Leaves out the upper half of the range. */
  halve(): void {
    this.#end = this.start + Math.max(1, Math.floor((this.#end - this.start) / 2));
  }
}
