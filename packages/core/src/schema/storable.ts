import { types } from "node:util";

import { ValidationError, WHOLE_OBJECT } from "../errors/validation-error";
import { inWords, isPlain } from "../wording/in-words";
import { COPY, isCopyable } from "./copying";
import { type Decimal, exactDecimal, isDecimal } from "./exact-decimal";

/** How deep arrays and objects may nest: well below the limits of parsers and databases. */
export const MAX_DEPTH = 1_000;

/** Keys that would reach an object's prototype instead of becoming its own. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

export interface StorableOptions {
  /** What the value is, for the error: `AccountOpened`, `event data`. */
  readonly subject: string;
  /** Allows `Date`, `bigint` and `Decimal`, for values that a storage codec turns into JSON afterwards. */
  readonly rich?: boolean;
  /** Allows value objects, entities and their collections. */
  readonly embedded?: boolean;
}

/**
 * Checks that a value consists of storable values, which every store gives back unchanged: strings of valid Unicode without NUL,
 * finite numbers, booleans, null, arrays without holes, plain objects.
 *
 * @returns a frozen copy, without the properties that are undefined.
 * @throws ValidationError naming each path that holds anything else.
 */
export function toStorable<T>(value: T, options: StorableOptions): T {
  const copying = new Copying(options.rich ?? false, options.embedded ?? false);
  const copy = copying.copy(value, "", 0);
  if (copying.faults !== undefined) throw new ValidationError(Object.fromEntries(copying.faults), options.subject);
  return copy as T;
}

class Copying {
  /** Complaints by path. Not an object, in which the path `__proto__` would find something; absent until the first one. */
  faults: Map<string, readonly string[]> | undefined;

  constructor(
    private readonly rich: boolean,
    private readonly embedded: boolean,
  ) {}

  copy(value: unknown, path: string, depth: number): unknown {
    switch (typeof value) {
      case "string":
        if (value.includes("\0")) return this.refuse(path, "NUL cannot be stored in a string");
        return value.isWellFormed()
          ? value
          : this.refuse(path, "a lone surrogate cannot be stored: the string is not valid Unicode");
      case "number":
        return Number.isFinite(value) ? value : this.refuse(path, `${value} cannot be stored as a number`);
      case "boolean":
        return value;
      case "bigint":
        return this.rich ? value : this.refuse(path, "a bigint cannot be stored here; write it as a string");
      case "object":
        return value === null ? null : this.copyObject(value, path, depth);
      default:
        return this.refuse(path, `a value of type ${typeof value} cannot be stored`);
    }
  }

  private copyObject(value: object, path: string, depth: number): unknown {
    if (depth >= MAX_DEPTH) return this.refuse(path, `nested deeper than ${MAX_DEPTH} levels`);
    if (Array.isArray(value)) {
      const copy = Array.from(value, (item, index) => this.copy(item, join(path, index), depth + 1));
      return Object.freeze(copy);
    }
    if (this.rich && types.isDate(value)) {
      return Number.isNaN(value.getTime()) ? this.refuse(path, "an invalid date cannot be stored") : new Date(value);
    }
    if (this.embedded && isCopyable(value)) {
      return Object.freeze(value[COPY]((part, key) => this.copy(part, join(path, key), depth + 1)));
    }
    if (!isPlain(value)) {
      if (isDecimal(value)) return this.copyDecimal(value, path);
      return this.refuse(path, `${inWords(value)} cannot be stored; store its plain values`);
    }
    return this.copyPlain(value as Record<string, unknown>, path, depth);
  }

  private copyDecimal(value: Decimal, path: string): unknown {
    if (!this.rich) return this.refuse(path, "a Decimal cannot be stored here; write it as a string");
    const exact = exactDecimal(value);
    return typeof exact === "string" ? this.refuse(path, exact) : exact;
  }

  private copyPlain(value: Record<string, unknown>, path: string, depth: number): unknown {
    const copy: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      if (FORBIDDEN_KEYS.has(key)) this.refuse(join(path, key), `the key ${JSON.stringify(key)} is not allowed`);
      else if (key.includes("\0") || !key.isWellFormed())
        this.refuse(path, `the key ${JSON.stringify(key)} is not valid Unicode without NUL`);
      else if (value[key] !== undefined) copy[key] = this.copy(value[key], join(path, key), depth + 1);
    }
    if (Object.getOwnPropertySymbols(value).length > 0) this.refuse(path, "a symbol as key cannot be stored");
    return Object.freeze(copy);
  }

  private refuse(path: string, message: string): undefined {
    const at = path === "" ? WHOLE_OBJECT : path;
    this.faults ??= new Map();
    this.faults.set(at, [...(this.faults.get(at) ?? []), message]);
    return undefined;
  }
}

function join(path: string, key: string | number): string {
  return path === "" ? String(key) : `${path}.${key}`;
}
