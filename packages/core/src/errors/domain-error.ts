import { type InspectOptions, inspect as inspectValue } from "node:util";

const CUSTOM_INSPECT = Symbol.for("nodejs.util.inspect.custom");

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
  /**
   * The HTTP status that says the same: 422, 404, 409, 503 or 504; 500 for what no client is to blame for. Web frameworks such as
   * Express and Fastify read it.
   */
  declare readonly statusCode: number;

  constructor(message: string, { code, details = {}, cause }: DomainErrorOptions) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.details = details;
  }

  /** Prints the error as Node does, each fact once. */
  [CUSTOM_INSPECT](
    _depth: number,
    options: InspectOptions,
    inspect: (value: unknown, options: InspectOptions) => string = inspectValue,
  ): string {
    const properties = Object.getOwnPropertyDescriptors(this);
    for (const key of this.repeated()) delete properties[key as keyof typeof properties];
    // A new error and no other object, because Node prints as errors only what was constructed as one.
    const shown = Object.setPrototypeOf(new Error(), Object.getPrototypeOf(this) as object) as object;
    Object.defineProperties(shown, { ...properties, [CUSTOM_INSPECT]: { value: undefined } });
    return inspect(shown, options);
  }

  /** Lists the properties that repeat others, or the message. */
  protected repeated(): readonly string[] {
    const own = this as unknown as Readonly<Record<string, unknown>>;
    return Object.entries(this.details).every(([key, value]) => own[key] === value) ? ["details"] : [];
  }

  /** Checks the brand, so that `instanceof` recognises errors of a second copy of the package too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    const brand = brands.get(this);
    if (brand === undefined) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && brand in value;
  }
}

const brands = new WeakMap<object, symbol>();

/**
 * Makes `instanceof errorClass` true for the instances of every copy of the class and of its subclasses, and gives them their HTTP
 * status. Subclasses may set another.
 */
export function brandError(errorClass: { readonly prototype: DomainError }, name: string, statusCode?: number): void {
  const brand = Symbol.for(`tidemark.error.${name}`);
  brands.set(errorClass, brand);
  Object.defineProperty(errorClass.prototype, brand, { value: true });
  if (statusCode !== undefined)
    Object.defineProperty(errorClass.prototype, "statusCode", {
      value: statusCode,
      writable: true,
      configurable: true,
    });
}

brandError(DomainError, "DomainError", 500);
