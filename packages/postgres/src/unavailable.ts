import { StoreUnavailableError } from "@tidemark/core";
import { DatabaseError } from "pg";

import { REFUSED } from "./migrations";

/** Work was given up after its time. */
export class DeadlineExceeded extends Error {}

/** No connection became free in time. */
export class PoolExhausted extends Error {}

/** The store was closed before. */
export class PoolClosed extends Error {}

/** Statements were sent and their answer never came: the server may have carried them out. */
export class AnswerLost extends Error {
  constructor(override readonly cause: unknown) {
    super("the answer was lost");
  }
}

/** A server takes no writes: a standby, or a former primary that was set to be read-only. */
export class ReadOnlyServer extends Error {}

/** A connection was cut because another server takes the writes by now. */
export class ServerReplaced extends Error {}

/** The server gave up waiting for its standby to have a commit: here it is stored, there perhaps not. */
export class CommitUnconfirmed extends Error {
  constructor() {
    super("the server gave up waiting for its standby to have the commit");
  }
}

/** None of several hosts takes writes. */
export class NoWritableHost extends Error {
  constructor(
    message: string,
    readonly isLasting: boolean,
  ) {
    super(message);
  }
}

export const READ = "Cannot read";
export const WRITE = "Cannot write to";
export const APPEND = "Cannot append to";

/** The SQLSTATE of a write on a standby, or in a session that may only read. */
const READ_ONLY = "25006";

/** What to say of a change whose answer was lost. */
const ADVICE: Readonly<Record<string, string>> = {
  [APPEND]: "; whether it was stored is not known; repeat it with the same ids",
  [WRITE]: "; whether it was stored is not known",
};

/** Makes of any failure of the server, or of the way to it, the one error that callers know. */
export function unavailable(attempted: string, store: string, error: unknown): StoreUnavailableError {
  const lost = error instanceof AnswerLost;
  const cause = lost ? error.cause : error;
  const advice = lost ? (ADVICE[attempted] ?? "") : cause instanceof ReadOnlyServer ? "; connect to the primary" : "";
  const outage = { mayHaveHappened: lost, isLasting: isLasting(cause) };
  return new StoreUnavailableError({ attempted, store, reason: reasonOf(cause) + advice }, cause, outage);
}

/**
 * Whether the server answered a statement with a refusal, so that nothing of it happened. What ends a session may have come after the
 * commit; so may an error of the connection's class, which a pooler tells of the server behind it.
 */
export function isAnswer(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return false;
  const { severity, code = "" } = error;
  if (severity === "ERROR") return !/^(08|57P)/.test(code);
  // A server that is set to another language translates the severity too. Of these classes are the errors that end sessions.
  return severity !== "FATAL" && severity !== "PANIC" && !/^(08|25P0|53|57P|58|F0|XX)/.test(code);
}

/** Whether a statement was refused by a server that goes on serving the connection, and is the one to ask. */
export function leavesConnectionUsable(error: unknown): boolean {
  return isAnswer(error) && !isOfCode(error, READ_ONLY);
}

/**
 * Whether a failure stays until somebody has changed something: the settings, the schema, a privilege. All others may pass by themselves
 * while another server takes the place of one that is lost: a name that cannot be looked up, a server without free connections, a pool that
 * is exhausted because its connections lead to a machine that is gone, a full disk, a lock or a statement that took too long.
 */
export function isLasting(error: unknown): boolean {
  if (error instanceof NoWritableHost) return error.isLasting;
  if (error instanceof PoolClosed) return true;
  const { code, message } = error as { code?: unknown; message?: unknown };
  // Of the server: wrong user or password, no such database, no such schema, table, column or function, no privilege.
  if (error instanceof DatabaseError) return /^(28|3D|3F|42(P01|703|883|501))/.test(error.code ?? "");
  // Of TLS: a certificate that is not trusted, or none where one is asked for.
  if (typeof code === "string" && /^(CERT_|ERR_TLS_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|EACCES$)/.test(code)) return true;
  return typeof message === "string" && /^(SASL:|The server does not support SSL)/.test(message);
}

/**
 * Whether a notice says that a commit was not confirmed by a standby: its wait was cancelled, by somebody or as the server stops. The text may
 * be translated, and the code is that of many warnings; the function of the server that says so is neither.
 */
export function isUnconfirmedCommit({ routine }: { readonly routine?: string | undefined }): boolean {
  return routine === "SyncRepWaitForLSN";
}

/** Whether a value would have become longer than the server lets any be. */
export function isTooMuch(error: unknown): boolean {
  return isOfCode(error, "54000");
}

/** Whether the server ended a transaction because it and another one waited for each other. */
export function isDeadlock(error: unknown): boolean {
  return isOfCode(error, "40P01");
}

/** Whether a transaction waited for a lock for as long as it was to. */
export function isLockTimeout(error: unknown): boolean {
  return isOfCode(error, "55P03");
}

/** Whether the server has as many connections as it may. */
export function isTooManyConnections(error: unknown): boolean {
  return isOfCode(error, "53300");
}

/** Whether another writer's row has the key of one that was to be inserted. */
export function isUniqueViolation(error: unknown): boolean {
  return isOfCode(error, "23505");
}

/** The constraint or index that a statement violated. */
export function violatedConstraint(error: unknown): string | undefined {
  return error instanceof DatabaseError ? error.constraint : undefined;
}

/** Which unique key of which table a statement violated, as the server says it. */
export function violatedKey(error: unknown): { readonly table: string; readonly columns: readonly string[] } {
  const { table = "", detail = "" } = error as DatabaseError;
  const [, list = ""] = /^Key \((.*?)\)=\(/.exec(detail) ?? [];
  return { table, columns: list.split(", ").map((column) => column.replace(/^"(.*)"$/, "$1")) };
}

/** What the server says of a value that no column can hold; undefined for an error of another cause. */
export function faultOfData(error: unknown): string | undefined {
  return error instanceof DatabaseError && error.code?.startsWith("22") ? error.message : undefined;
}

/**
 * What the server says of a statement that can never be carried out, rather than not now: for what it says, or for the values that it
 * binds; undefined for an error of another cause.
 */
export function faultOfStatement(error: unknown): string | undefined {
  if (!(error instanceof DatabaseError) || error.routine === PLAN_IS_PAST) return undefined;
  return /^(0A|22|23|2B|2F|42|44|54|P0)/.test(error.code ?? "") ? error.message : undefined;
}

/** Where the server says that what a statement reads has changed since it was prepared: prepared anew, it works. */
const PLAN_IS_PAST = "RevalidateCachedQuery";

/** Whether a table is missing, or has other columns than a statement was made for. */
export function isChangedTable(error: unknown): boolean {
  return ["42P01", "42703", "42804", "0A000"].some((code) => isOfCode(error, code));
}

/** Whether a function of the schema refused an operation; its detail says why. */
export function isRefusedOperation(error: unknown): error is DatabaseError & { readonly detail: string } {
  return isOfCode(error, REFUSED);
}

/** Whether the server refused a statement for what it says, and might accept parts of it by themselves. */
export function isRefusal(error: unknown): boolean {
  return leavesConnectionUsable(error) && !isOfCode(error, "57014");
}

function isOfCode(error: unknown, code: string): boolean {
  return error instanceof DatabaseError && error.code === code;
}

/** By SQLSTATE, see the appendix "PostgreSQL Error Codes" of its manual. */
const REASONS: Readonly<Record<string, string>> = {
  "28000": "the server refuses this user; check the url",
  "28P01": "the server refuses this user or its password; check the url",
  "3D000": "there is no such database; create it, or check the url",
  "3F000": "its tables are missing; run `domain eventstore migrate`",
  "42P01": "its tables are missing; run `domain eventstore migrate`",
  "42501": "the user lacks a privilege; see least-privilege.sql of @tidemark/postgres",
  [READ_ONLY]: "the server is read-only; connect to the primary",
  "53100": "the server's disk is full",
  "53300": "the server has no connection left; lower pool_size, or raise its max_connections",
  "55P03": "a lock was held too long",
  "57014": "the statement took longer than statement_timeout_ms",
  "57P01": "the server ended the connection",
  "57P02": "the server crashed, and starts again",
  "57P03": "the server is starting or stopping",
};

const SYSTEM_REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "no server listens there",
  ECONNRESET: "the connection was lost",
  EPIPE: "the connection was lost",
  ENOENT: "no server listens there",
  ENOTFOUND: "its host's name is not known",
  EAI_AGAIN: "its host's name cannot be looked up now",
  ETIMEDOUT: "the host does not answer",
};

/** Says why something failed, and what to do about it. */
export function reasonOf(cause: unknown): string {
  const { code, message } = cause as { code?: unknown; message?: unknown };
  const known = typeof code === "string" ? (REASONS[code] ?? SYSTEM_REASONS[code]) : undefined;
  if (known !== undefined) return known;
  if (cause instanceof PoolClosed) return "the store is closed";
  if (cause instanceof PoolExhausted)
    return "all connections stayed busy for pool_timeout_ms; raise pool_size, or see what holds them";
  switch (message) {
    case "timeout expired":
      return "the server did not answer within connect_timeout_ms";
    case "Connection terminated unexpectedly":
    case "Connection terminated":
      return "the connection was lost";
    default:
      return typeof message === "string" && message !== "" ? message : "the connection failed";
  }
}
