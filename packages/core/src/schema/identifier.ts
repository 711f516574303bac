import { z } from "zod";

/** In characters (code points), not bytes: the longest id that every store can index. */
export const MAX_IDENTIFIER_LENGTH = 255;

/**
 * The shape of an id: any valid Unicode of 1 to 255 characters, NUL excepted.
 * Ids are compared as they are: nothing trims, folds case or normalises.
 */
export function identifier(): z.ZodString {
  return z.string().superRefine((value, context) => {
    const fault = identifierFault(value);
    if (fault !== undefined) context.addIssue({ code: "custom", message: fault });
  });
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
