/** The facts behind an error's message: plain values, safe to log. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

interface DomainErrorOptions {
  /** Stable and upper-case, such as `EXPECTED_VERSION_MISMATCH`: programs may branch on it. */
  readonly code: string;
  readonly details?: ErrorDetails;
  readonly cause?: unknown;
}

/**
 * The root of every error that Tidemark throws on purpose.
 *
 * `instanceof` checks a brand, so that it recognises errors of a second installed copy of this package too, which an adapter or a
 * test may bring.
 */
export class DomainError extends Error {
  readonly code: string;
  readonly details: ErrorDetails;

  constructor(message: string, { code, details = {}, cause }: DomainErrorOptions) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = brands.get(new.target)?.name ?? new.target.name;
    this.code = code;
    this.details = details;
  }

  /** Checks the brand, so that `instanceof` recognises errors of a second copy of the package too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    const brand = brands.get(this);
    if (brand === undefined) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && brand.mark in value;
  }
}

interface Brand {
  /** The name of the class as it was written. A minifier changes the one that the class itself has. */
  readonly name: string;
  readonly mark: symbol;
}

const brands = new WeakMap<object, Brand>();

/** Makes `instanceof errorClass` true for the instances of every copy of the class and of its subclasses, and names them. */
export function brandError(errorClass: { readonly prototype: DomainError }, name: string): void {
  const mark = Symbol.for(`tidemark.error.${name}`);
  brands.set(errorClass, { name, mark });
  Object.defineProperty(errorClass.prototype, mark, { value: true });
}

brandError(DomainError, "DomainError");
