import { STATUS_CODES } from "node:http";

import { DomainError, ValidationError } from "@tidemark/core";

/** An error as RFC 9457 has it: the body of an answer of type `application/problem+json`. */
interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail?: string;
  readonly code?: string;
  /** Complaints by field. */
  readonly errors?: Readonly<Record<string, readonly string[]>>;
}

export const PROBLEM = "application/problem+json";

/** Frameworks have errors with a `statusCode` too, such as for a body that is no JSON. What no client is to blame for stays inside. */
export function problemOf(error: unknown): Problem {
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  const status = typeof statusCode === "number" ? statusCode : 500;
  const title = STATUS_CODES[status] ?? "Error";
  if (status >= 500) return { status, title, ...(error instanceof DomainError && { code: error.code }) };
  const { message } = error as Error;
  if (error instanceof ValidationError)
    return { status, title, detail: message, code: error.code, errors: error.messages };
  return { status, title, detail: message, ...(error instanceof DomainError && { code: error.code }) };
}
