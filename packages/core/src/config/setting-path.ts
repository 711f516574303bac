/** The keys that lead to a setting, outermost first; a number is an index into an array. */
export type SettingPath = readonly (string | number)[];

/** A table of the file or of the code, before validation. */
export type Table = Record<string, unknown>;

/** Turns a path into a key for maps. */
export function pathId(path: SettingPath): string {
  return path.map((key) => JSON.stringify(`${key}`)).join(".");
}

export function isTable(value: unknown): value is Table {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Returns the value at a path; undefined where there is none. */
export function valueAt(settings: unknown, path: SettingPath): unknown {
  return path.reduce<unknown>((value, key) => {
    const holds = typeof value === "object" && value !== null && Object.hasOwn(value, key);
    return holds ? (value as Record<string | number, unknown>)[key] : undefined;
  }, settings);
}

/**
 * Copies tables and arrays and replaces every other value. A value that is replaced by undefined is left out.
 * Instances of classes count as values: code may put any into its overrides.
 */
export function mapValues(table: Table, replace: (value: unknown, path: SettingPath) => unknown): Table {
  const copy = (value: unknown, path: SettingPath): unknown => {
    if (Array.isArray(value)) {
      return value.map((item, index) => copy(item, [...path, index])).filter((item) => item !== undefined);
    }
    if (!isTable(value)) return replace(value, path);
    const entries = Object.entries(value).map(([key, item]) => [key, copy(item, [...path, key])] as const);
    return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
  };
  return copy(table, []) as Table;
}

/** True for a key that would reach an object's prototype, or that every object has already. */
export function isForbiddenKey(key: string | number): boolean {
  return key === "prototype" || (typeof key === "string" && key in Object.prototype);
}
