import { DomainError, StoreUnavailableError } from "@tidemark/core";

import { NoDriver } from "./drivers/choose-driver";

/** Another connection holds the lock: the same call may succeed in a moment. */
export function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(codeOf(error));
}

/**
 * A process was killed in the midst of a transaction: in the first start, before the file has a write-ahead log, or in the VACUUM
 * of another tool. Its journal lies beside the file, and only a connection that may write can undo what it left.
 */
export function isLeftHalfWritten(error: unknown): boolean {
  return /^SQLITE_READONLY_(ROLLBACK|RECOVERY)$/.test(codeOf(error));
}

/** The database's own structure is broken where this statement read it. */
export function isDamage(error: unknown): boolean {
  return /^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(error));
}

/** A value grew past what SQLite or JavaScript can hold as one string. */
export function isTooLong(error: unknown): boolean {
  return /^(SQLITE_TOOBIG|ERR_STRING_TOO_LONG)$/.test(codeOf(error)) || /string longer than/.test(String(error));
}

export function isUniqueViolation(error: unknown): boolean {
  return /^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY)$/.test(codeOf(error));
}

/** What SQLite says of a row that a unique index refuses; undefined for an error of another cause. */
export function uniqueViolationIn(
  error: unknown,
): { readonly table: string; readonly columns: readonly string[] } | undefined {
  if (!isUniqueViolation(error)) return undefined;
  const [, list = ""] = /^UNIQUE constraint failed: (.*)$/.exec((error as Error).message) ?? [];
  const columns = list.split(", ").map((each) => each.replace(/^[^.]*\./, "").replace(/:order$/, ""));
  return { table: list.replace(/\..*$/, ""), columns };
}

/** Whether a statement can never be run, rather than not now: for what it says, or for the values that it binds. */
export function isFaultOfStatement(error: unknown): boolean {
  return error instanceof RangeError || error instanceof TypeError || FAULTS_OF_STATEMENTS.test(codeOf(error));
}

const FAULTS_OF_STATEMENTS = /^(SQLITE_(ERROR|CONSTRAINT|MISMATCH|RANGE|TOOBIG|MISUSE)|ERR_(INVALID|OUT_OF_RANGE))/;

/** No row has this global position, though none was ever left out. Becomes a StoreUnavailableError like SQLite's own. */
export class MissingGlobalPosition extends Error {
  readonly code = "SQLITE_CORRUPT";

  constructor(globalPosition: number) {
    super(`the event with global position ${globalPosition} is missing`);
  }
}

/** A table does not hold what another one says, or holds what was never written. Becomes a StoreUnavailableError like SQLite's own. */
export class DamagedTable extends Error {
  readonly code = "SQLITE_CORRUPT";

  constructor(table: string) {
    super(`the table ${table} is damaged`);
  }
}

/**
 * Says what SQLite or the file system found in a sentence that names the store. Errors of neither pass as they are:
 * they are faults of a program.
 */
export function storeError(error: unknown, attempted: string, store: string): unknown {
  if (error instanceof DomainError) return error;
  const code = codeOf(error);
  if (error instanceof NoDriver)
    return new StoreUnavailableError({ attempted, store, reason: error.message }, error.cause);
  const reason = REASONS.find(([pattern]) => pattern.test(code))?.[1];
  if (reason !== undefined)
    return new StoreUnavailableError(
      { attempted, store, reason: `${reason} (${code}: ${(error as Error).message})` },
      error,
    );
  if (!code.startsWith("SQLITE_") && !hasErrno(error)) return error;
  return new StoreUnavailableError({ attempted, store, reason: `${(error as Error).message} (${code})` }, error);
}

const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^(SQLITE_FULL|ENOSPC)$/, "the disk is full; free some space and try again"],
  [/^(SQLITE_READONLY|EROFS)/, "the file or its folder is read-only; make both writable"],
  [/^(SQLITE_PERM|SQLITE_AUTH|EACCES|EPERM)/, "permission denied; make the file and its folder readable and writable"],
  [/^(SQLITE_BUSY|SQLITE_LOCKED|SQLITE_PROTOCOL)/, "another process held its lock for too long"],
  [/^SQLITE_NOTADB$/, "the file is no SQLite database"],
  [/^SQLITE_CORRUPT/, "the file is damaged; restore it from a backup"],
  // Each append looks first at what it could violate; an id that is stored already is refused with its own error.
  [
    /^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY)$/,
    "the file is damaged: it holds what its index hid; restore it from a backup",
  ],
  [/^SQLITE_IOERR/, "the file system failed to read or write it; check the disk and its free space"],
  [/^SQLITE_CANTOPEN/, "the file cannot be opened; check that its path is a file in a writable folder"],
  [/^(EEXIST|ENOTDIR)$/, "a part of its path is a file, not a folder"],
];

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === "string" ? code : "";
}

function hasErrno(error: unknown): boolean {
  return typeof (error as { errno?: unknown } | null | undefined)?.errno === "number";
}
