import type { PutParked } from "../../ports/operations";

/** A key that failed, and what is to be stored of it. */
interface KeptFailure {
  readonly put: PutParked;
  readonly error: unknown;
}

/** The first of the events that are still to be done: which of its keys have failed, and what is to be stored of them behind it. */
export class PresentEvent {
  /** Whether what is stored was found to be out of date, and was read again. */
  isOutdated = false;
  #failures: KeptFailure[] = [];
  readonly #without = new Set<string>();

  get failures(): readonly KeptFailure[] {
    return this.#failures;
  }

  get puts(): readonly PutParked[] {
    return this.#failures.map(({ put }) => put);
  }

  /** The keys for which it is not done. */
  get without(): ReadonlySet<string> {
    return this.#without;
  }

  /** Whether it is not done as others are: what holds for it must not reach the events behind it. */
  get isSpecial(): boolean {
    return this.#without.size > 0;
  }

  get hasParked(): boolean {
    return this.#failures.some(({ put }) => put.parked.state === "parked");
  }

  /** Notes that it is not done for a key. */
  add(failure: KeptFailure): void {
    this.#failures.push(failure);
    this.#without.add(failure.put.parked.key);
  }

  clear(): void {
    this.#failures = [];
    this.#without.clear();
  }

  copy(): PresentEvent {
    const copy = new PresentEvent();
    for (const failure of this.#failures) copy.add(failure);
    return copy;
  }
}
