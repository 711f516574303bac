/** SQLite's names of its result codes, as far as a store tells them apart. */
const NAMES: Readonly<Record<number, string>> = {
  1: "SQLITE_ERROR",
  3: "SQLITE_PERM",
  5: "SQLITE_BUSY",
  6: "SQLITE_LOCKED",
  7: "SQLITE_NOMEM",
  8: "SQLITE_READONLY",
  9: "SQLITE_INTERRUPT",
  10: "SQLITE_IOERR",
  11: "SQLITE_CORRUPT",
  13: "SQLITE_FULL",
  14: "SQLITE_CANTOPEN",
  15: "SQLITE_PROTOCOL",
  17: "SQLITE_SCHEMA",
  18: "SQLITE_TOOBIG",
  19: "SQLITE_CONSTRAINT",
  20: "SQLITE_MISMATCH",
  21: "SQLITE_MISUSE",
  22: "SQLITE_NOLFS",
  23: "SQLITE_AUTH",
  26: "SQLITE_NOTADB",
  264: "SQLITE_READONLY_RECOVERY",
  776: "SQLITE_READONLY_ROLLBACK",
  1555: "SQLITE_CONSTRAINT_PRIMARYKEY",
  2067: "SQLITE_CONSTRAINT_UNIQUE",
};

/** Returns the name of an extended result code; that of the code it extends, with the number, where it has none here. */
export function resultCodeName(code: number): string {
  const primary = NAMES[code & 0xff] ?? "SQLITE_ERROR";
  return NAMES[code] ?? (code > 0xff ? `${primary}_${code}` : primary);
}
