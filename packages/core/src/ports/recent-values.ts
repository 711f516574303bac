/** Keeps the values that were used last, by their keys: as many as there is room for. */
export class RecentValues<V> {
  /** The one that was not used for the longest time first. */
  readonly #values = new Map<string, V>();

  /** @param onEvict receives a value that makes room for another. */
  constructor(
    private readonly room: number,
    private readonly onEvict: (value: V) => void = () => {},
  ) {}

  /** Returns the value of a key, which is made where there is none. */
  get(key: string, make: () => V): V {
    const known = this.#values.get(key);
    if (known !== undefined) {
      this.#values.delete(key);
      this.#values.set(key, known);
      return known;
    }
    if (this.#values.size >= this.room) this.#evict();
    const made = make();
    this.#values.set(key, made);
    return made;
  }

  #evict(): void {
    const [oldest] = this.#values;
    if (oldest === undefined) return;
    const [key, value] = oldest;
    this.#values.delete(key);
    this.onEvict(value);
  }
}
