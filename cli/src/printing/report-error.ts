import { CommandError } from "../io/command-error";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { redact } from "./redact";

/** Brands in place of classes: the error may come from another copy of `@tidemark/core`, and this copy may not be loaded. */
const DOMAIN_ERROR = Symbol.for("tidemark.error.DomainError");
const MISUSES = [Symbol.for("tidemark.error.ConfigurationError"), Symbol.for("tidemark.error.IncorrectUsageError")];

/**
 * Prints an error on standard error: one sentence, and its stack only with `--debug`.
 * @returns the exit status that it leads to.
 */
export function reportError(error: unknown, { stderr }: Pick<Io, "stderr">, { debug }: { debug: boolean }): number {
  stderr.write(`${redact(debug ? `error: ${fullText(error)}` : `error: ${describeError(error)}`)}\n`);
  return statusOf(error);
}

/** Returns an error as one sentence. The kind of error is added unless the message was written for users. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return `thrown: ${JSON.stringify(error) ?? String(error)}`;
  if (error instanceof CommandError || DOMAIN_ERROR in error) return redact(error.message);
  return redact(`${error.name}: ${error.message}`);
}

function statusOf(error: unknown): number {
  if (error instanceof CommandError) return error.status;
  const isMisuse = error instanceof Error && MISUSES.some((brand) => brand in error);
  return isMisuse ? ExitStatus.misused : ExitStatus.failed;
}

function fullText(error: unknown): string {
  if (!(error instanceof Error)) return describeError(error);
  const { cause } = error;
  const text = error.stack ?? describeError(error);
  return cause === undefined ? text : `${text}\ncaused by: ${fullText(cause)}`;
}
