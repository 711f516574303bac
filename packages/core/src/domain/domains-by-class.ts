import type { Class } from "../metadata/class-types";

/** Records which domains a class is registered with, for as long as the class exists. */
export class DomainsByClass<D extends object> {
  readonly #domains = new WeakMap<Class, Set<D>>();

  add(type: Class, domain: D): void {
    const known = this.#domains.get(type) ?? new Set<D>();
    this.#domains.set(type, known.add(domain));
  }

  of(type: Class): readonly D[] {
    return [...(this.#domains.get(type) ?? [])];
  }
}
