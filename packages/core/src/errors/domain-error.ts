import type { InspectOptions } from "node:util";

import { CUSTOM_INSPECT, printedWithout } from "./printed-error";

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
    this.name = brands.get(new.target)?.name ?? new.target.name;
    this.code = code;
    this.details = details;
  }

  /** Prints the error as Node does, each fact once. */
  [CUSTOM_INSPECT](_depth: number, options: InspectOptions): string {
    const own = this as unknown as Readonly<Record<string, unknown>>;
    const isRepeated = Object.entries(this.details).every(([key, value]) => own[key] === value);
    return printedWithout(this, isRepeated ? ["details"] : [], options);
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
const branded = new Map<string, { readonly prototype: DomainError }>();

/**
 * Makes `instanceof errorClass` true for the instances of every copy of the class and of its subclasses, names them, and gives them
 * their HTTP status. Subclasses may set another.
 */
export function brandError(errorClass: { readonly prototype: DomainError }, name: string, statusCode?: number): void {
  const mark = Symbol.for(`tidemark.error.${name}`);
  brands.set(errorClass, { name, mark });
  branded.set(name, errorClass);
  Object.defineProperty(errorClass.prototype, mark, { value: true });
  if (statusCode !== undefined)
    Object.defineProperty(errorClass.prototype, "statusCode", {
      value: statusCode,
      writable: true,
      configurable: true,
    });
}

/** What is stored of an error. */
interface StoredError {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly details: ErrorDetails;
}

/**
 * Makes an error of what was stored of it. One of this package is an instance of its class again, with the fields that its details have;
 * one of the application is a DomainError with the name of its class.
 */
export function restoredError({ name, code, message, details }: StoredError): DomainError {
  const error = new DomainError(message, { code, details });
  error.name = name;
  const known = branded.get(name);
  if (known === undefined) return error;
  Object.setPrototypeOf(error, known.prototype);
  const fields = Object.entries(details).filter(([key]) => !(key in error));
  return Object.assign(error, Object.fromEntries(fields));
}

brandError(DomainError, "DomainError", 500);
