import { z } from "zod";

/** In characters (code points), not bytes: the longest id that every store can index. */
export const MAX_IDENTIFIER_LENGTH = 255;

/**
 * The shape of an id: any valid Unicode of 1 to 255 characters, NUL excepted.
 * Ids are compared as they are: nothing trims, folds case or normalises.
 */
export function identifier(): z.ZodString {
  return z.string().check(VALID_IDENTIFIER);
}

/** One object for all identifiers, by which they are recognised: zod carries it over to `.describe()`, `.min()` and their like. */
const VALID_IDENTIFIER = z.check<string>((payload) => {
  const message = identifierFault(payload.value);
  if (message !== undefined) payload.issues.push({ code: "custom", message, input: payload.value });
});

/** Whether a field was declared with `identifier()`; `.optional()` and other wrappers make no difference. */
export function isIdentifier(field: z.core.$ZodType): boolean {
  const { checks, innerType } = field._zod.def as z.core.$ZodTypeDef & { readonly innerType?: z.core.$ZodType };
  return checks?.includes(VALID_IDENTIFIER) === true || (innerType !== undefined && isIdentifier(innerType));
}

/** What is wrong with an id, or undefined. */
export function identifierFault(id: unknown): string | undefined {
  if (typeof id !== "string") return `an id is a string, not ${id === null ? "null" : typeof id}`;
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
