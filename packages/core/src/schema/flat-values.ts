/**
 * Assigns the values of a flat object that can be stored as they are, without a copy in between: strings of valid Unicode without NUL,
 * finite numbers, booleans. See docs/adr/0053.
 *
 * @returns false where there is any other value; some are assigned then.
 */
export function assignFlat(target: object, values: object, keys: readonly string[]): boolean {
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index]!;
    const value = (values as Readonly<Record<string, unknown>>)[key];
    switch (typeof value) {
      case "undefined":
        continue;
      case "string":
        if (value.includes("\0") || !value.isWellFormed()) return false;
        break;
      case "number":
        if (!Number.isFinite(value)) return false;
        break;
      case "boolean":
        break;
      default:
        return false;
    }
    (target as Record<string, unknown>)[key] = value;
  }
  return true;
}
