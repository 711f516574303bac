import { CommandError } from "./command-error";
import { ExitStatus } from "./exit-status";
import { redact } from "./redact";

/** Brands instead of classes: the error may come from another copy of `@tidemark/core`, and this one stays unloaded. */
const DOMAIN_ERROR = Symbol.for("tidemark.error.DomainError");
const MISUSES = [Symbol.for("tidemark.error.ConfigurationError"), Symbol.for("tidemark.error.IncorrectUsageError")];

/** Says on standard error what went wrong: one sentence, and the stack only with `--debug`. @returns the exit status. */
export function reportError(error: unknown, { debug }: { debug: boolean }): number {
  process.stderr.write(`${redact(debug ? `error: ${fullText(error)}` : `error: ${describeError(error)}`)}\n`);
  return statusOf(error);
}

/** An error in words: those of the ones thrown on purpose are whole sentences, of others the kind helps. */
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
