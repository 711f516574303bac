import { ValidationError, WHOLE_OBJECT } from "../errors/validation-error";
import { FORBIDDEN_KEYS, MAX_DEPTH } from "./settle";

/**
 * Looks through input before zod does: zod drops `__proto__` without a word, and overflows the stack on
 * input that nests without end.
 */
export function guardKeys(input: unknown, subject: string): void {
  visit(input, 0, subject);
}

function visit(value: unknown, depth: number, subject: string): void {
  if (typeof value !== "object" || value === null) return;
  if (depth > MAX_DEPTH)
    throw new ValidationError({ [WHOLE_OBJECT]: [`nested deeper than ${MAX_DEPTH} levels`] }, subject);
  if (Array.isArray(value)) {
    for (const item of value) visit(item, depth + 1, subject);
    return;
  }
  for (const key of Object.keys(value)) {
    if (FORBIDDEN_KEYS.has(key)) throw new ValidationError({ [key]: [`the key "${key}" is not allowed`] }, subject);
    const part = (value as Record<string, unknown>)[key];
    if (typeof part === "object") visit(part, depth + 1, subject);
  }
}
