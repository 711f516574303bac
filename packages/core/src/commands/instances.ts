import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { Resolvable } from "../metadata/class-types";
import { reasonOf } from "../wording/in-words";

/**
 * Constructs handlers and services: a container, or a function of the class. Each attempt to carry out a command asks for
 * its handler, inside its unit of work; the resolver decides whether it gives a new instance each time.
 */
export type Resolver =
  | ((type: Resolvable) => unknown)
  | {
      /** An instance of the class, or a promise of one. */
      resolve(type: Resolvable): unknown;
    };

/** Constructs the instances of one domain, by its resolver or, without one, with `new`. */
export class Instances {
  readonly #resolve: ((type: Resolvable) => unknown) | undefined;

  constructor(resolver: Resolver | undefined) {
    this.#resolve = typeof resolver === "object" ? (type) => resolver.resolve(type) : resolver;
  }

  /** @throws IncorrectUsageError when the resolver throws, or gives something other than an instance. */
  of<T extends object>(type: Resolvable<T>): T | Promise<T> {
    return this.#resolve === undefined ? new type() : this.#resolved(type, this.#resolve);
  }

  async #resolved<T extends object>(type: Resolvable<T>, resolve: (type: Resolvable) => unknown): Promise<T> {
    let instance: unknown;
    try {
      instance = await resolve(type);
    } catch (cause) {
      const reason = reasonOf(cause);
      throw new IncorrectUsageError(
        `Cannot construct ${type.name}: its resolver threw ${JSON.stringify(reason)}`,
        {},
        cause,
      );
    }
    if (instance instanceof type) return instance;
    throw new IncorrectUsageError(`Cannot construct ${type.name}: its resolver gave ${described(instance)}`);
  }
}

function described(value: unknown): string {
  if (typeof value === "function") return `${value.name}, not an instance`;
  if (typeof value !== "object" || value === null) return String(value);
  return `an instance of ${value.constructor?.name ?? "no class"}`;
}
