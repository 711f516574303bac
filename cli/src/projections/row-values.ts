/** Returns a value of a row as text: what is text as it is, everything else as JSON; nothing for what is not there. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (value instanceof Date) return value.toISOString();
  const plain = plainValue(value);
  return typeof plain === "string" ? plain : JSON.stringify(plain);
}

/** Returns a value of a row as JSON has it, with bigints as text. */
export function plainValue(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(rowJson(value));
}

/** Returns a row as JSON, with bigints as text. */
export function rowJson(row: unknown, indent?: number): string {
  return JSON.stringify(row, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value), indent);
}
