/** What an error says besides its message: plain values, safe to log. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

export interface DomainErrorOptions {
  /** Stable and upper-case, such as `EXPECTED_VERSION_MISMATCH`: what programs branch on. */
  readonly code: string;
  readonly details?: ErrorDetails;
  readonly cause?: unknown;
}

/**
 * The root of every error that Tidemark throws on purpose.
 *
 * `instanceof` goes by brand: an error thrown by a second installed copy of this package is recognised
 * as well, which matters as soon as an adapter or a test brings its own.
 */
export class DomainError extends Error {
  readonly code: string;
  readonly details: ErrorDetails;

  constructor(message: string, { code, details = {}, cause }: DomainErrorOptions) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.details = details;
  }

  /** Goes by the brand, so that errors of a second copy of the package are recognised as well. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    const brand = brands.get(this);
    if (brand === undefined) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && brand in value;
  }
}

const brands = new WeakMap<object, symbol>();

/** Makes `instanceof errorClass` true for the instances of every copy of the class and of its subclasses. */
export function brandError(errorClass: { readonly prototype: DomainError }, name: string): void {
  const brand = Symbol.for(`tidemark.error.${name}`);
  brands.set(errorClass, brand);
  Object.defineProperty(errorClass.prototype, brand, { value: true });
}

brandError(DomainError, "DomainError");
