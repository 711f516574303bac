import { z } from "zod";

import { ValidationError } from "../errors/validation-error";
import { typeInWords } from "../wording/in-words";
import { checkOf, copyOf, hasCheck, type Schema } from "./zod-tree";

/** The longest id that every store can index, in characters (code points), not bytes. */
export const MAX_IDENTIFIER_LENGTH = 255;

/**
 * Declares an id: any valid Unicode of 1 to 255 characters, without NUL.
 * Ids are compared as they are: nothing trims, folds case or normalises.
 */
export function identifier(): z.ZodString {
  original ??= z.string().check(VALID_IDENTIFIER);
  return copyOf(original);
}

/** Every identifier is a copy of it, because large domains declare thousands. */
let original: z.ZodString | undefined;

/** One check for all identifiers, which recognises them: zod carries a check over to `.describe()`, `.min()` and their like. */
const VALID_IDENTIFIER = checkOf<string>(identifierFault);

/** True for a field that was declared with `identifier()`, whether or not `.optional()` and the like wrap it. */
export function isIdentifier(field: Schema): boolean {
  return hasCheck(field, VALID_IDENTIFIER);
}

/** Returns the value of the first `identifier()` field that an event or a command declares and has. */
export function firstIdentifier(message: object): string | undefined {
  const { shape } = message.constructor as { readonly shape?: { readonly fields: Readonly<Record<string, Schema>> } };
  const values = message as Readonly<Record<string, unknown>>;
  for (const [key, field] of Object.entries(shape?.fields ?? {})) {
    const value = values[key];
    if (isIdentifier(field) && typeof value === "string") return value;
  }
  return undefined;
}

/**
 * Refuses an id that no store can hold, before a store is asked for it.
 *
 * @throws ValidationError
 */
export function checkIdentifier(id: unknown, aggregate: string): void {
  const fault = identifierFault(id);
  if (fault !== undefined) throw new ValidationError({ id: [fault] }, `the id of ${aggregate}`);
}

/** Returns what is wrong with an id, or undefined. */
export function identifierFault(id: unknown): string | undefined {
  if (typeof id !== "string") return `an id is a string, not ${typeInWords(id)}`;
  if (id.length === 0) return "an id has at least 1 character";
  if (id.length > MAX_IDENTIFIER_LENGTH && codePoints(id) > MAX_IDENTIFIER_LENGTH) {
    return `an id has at most ${MAX_IDENTIFIER_LENGTH} characters, this one has ${codePoints(id)}`;
  }
  if (id.includes("\0")) return "an id contains no NUL";
  if (!id.isWellFormed()) return "an id is valid Unicode, this one has a lone surrogate";
  return undefined;
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
