import { ValidationError, WHOLE_OBJECT } from "../errors/validation-error";
import { isDecimal } from "./exact-decimal";
import { FORBIDDEN_KEYS, MAX_DEPTH } from "./storable";

/**
 * Refuses input that zod cannot handle: zod drops the key `__proto__` silently, and overflows the stack on input that nests
 * too deeply.
 *
 * @throws ValidationError naming the first fault by its path.
 */
export function guardKeys(input: unknown, subject: string): void {
  const path: string[] = [];
  const complaint = complaintAbout(input, path, 0);
  if (complaint !== undefined) throw new ValidationError({ [path.join(".") || WHOLE_OBJECT]: [complaint] }, subject);
}

/** @param path filled on the way back from a complaint, so that valid input costs no path. */
function complaintAbout(value: unknown, path: string[], depth: number): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (depth > MAX_DEPTH) return `nested deeper than ${MAX_DEPTH} levels, or in a circle`;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const complaint = complaintAbout(value[index], path, depth + 1);
      if (complaint === undefined) continue;
      if (path.length > 0) path.unshift(String(index));
      return complaint;
    }
    return undefined;
  }
  for (const key of Object.keys(value)) {
    const isForbidden = FORBIDDEN_KEYS.has(key) && !isDecimal(value);
    const complaint = isForbidden
      ? `the key ${JSON.stringify(key)} is not allowed`
      : complaintAbout((value as Record<string, unknown>)[key], path, depth + 1);
    if (complaint === undefined) continue;
    if (isForbidden || path.length > 0) path.unshift(key);
    return complaint;
  }
  return undefined;
}
