/**
 * Keeps the rows that were folded into last, so that the next batch need not read them. Holds at most twice `size` rows: when the
 * newer half is full, the older one is let go.
 */
export class RowCache<R extends object> {
  #newer = new Map<string, R>();
  #older = new Map<string, R>();

  constructor(private readonly size: number) {}

  get(key: string): R | undefined {
    const row = this.#newer.get(key);
    if (row !== undefined) return row;
    const older = this.#older.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  set(key: string, row: R): void {
    if (this.#newer.size >= this.size && !this.#newer.has(key)) {
      this.#older = this.#newer;
      this.#newer = new Map();
    }
    this.#newer.set(key, row);
  }

  delete(key: string): void {
    this.#newer.delete(key);
    this.#older.delete(key);
  }

  clear(): void {
    this.#newer.clear();
    this.#older.clear();
  }
}
