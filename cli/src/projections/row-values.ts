/** Returns a value of a row as text: what is text as it is, everything else as JSON; nothing for what is not there. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (value instanceof Date) return value.toISOString();
  const json = rowJson(value);
  const plain: unknown = JSON.parse(json);
  return typeof plain === "string" ? plain : json;
}

/** Returns a row as JSON, with bigints as text. */
export function rowJson(row: unknown, indent?: number): string {
  return JSON.stringify(row, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value), indent);
}
