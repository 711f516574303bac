import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { StreamRef } from "../ports/stored-message";
import { identifierFault, MAX_IDENTIFIER_LENGTH } from "../schema/identifier";

const SNAPSHOT_SUFFIX = ":snapshot";
const COMMAND_SUFFIX = ":command";

/** `fidelis::account` and `42` make `fidelis::account-42`. */
export function streamOf(category: string, id: string): StreamRef {
  return { stream: `${category}-${id}`, category };
}

/** `fidelis::account` makes `fidelis::account:snapshot`. */
export function snapshotCategory(category: string): string {
  return category + SNAPSHOT_SUFFIX;
}

/** `fidelis::account` makes `fidelis::account:fact`: events like others, whose streams hold states. */
export function factCategory(category: string): string {
  return `${category}:fact`;
}

/** Whether messages of this category are snapshots, which never appear among events. */
export function isSnapshotCategory(category: string): boolean {
  return category.endsWith(SNAPSHOT_SUFFIX);
}

/** `fidelis::account` makes `fidelis::account:command`, the records of commands that came with an idempotency key. */
export function commandCategory(category: string): string {
  return category + COMMAND_SUFFIX;
}

/** Whether messages of this category are records of commands, which are stored like events and are not events. */
export function isCommandCategory(category: string): boolean {
  return category.endsWith(COMMAND_SUFFIX);
}

/**
 * Splits a stream's name at its first `-`.
 * @throws IncorrectUsageError for a name without category, without id, or with an id that no store could keep.
 */
export function parseStream(stream: string): StreamRef & { readonly id: string } {
  const dash = typeof stream === "string" ? stream.indexOf("-") : -1;
  if (dash < 1) {
    throw new IncorrectUsageError(`${quoted(stream)} is not a stream: expected "<category>-<id>"`, { stream });
  }
  const fault = identifierFault(stream.slice(dash + 1)) ?? categoryFault(stream.slice(0, dash));
  if (fault !== undefined) throw new IncorrectUsageError(`${quoted(stream)} is not a stream: ${fault}`, { stream });
  return { stream, category: stream.slice(0, dash), id: stream.slice(dash + 1) };
}

/** What is wrong with a category's name, or undefined. */
export function categoryFault(category: unknown): string | undefined {
  if (typeof category !== "string") return `a category is a string, not ${typeof category}`;
  if (category.includes("-")) return 'a category has no "-"';
  const fault = identifierFault(category);
  return fault === undefined
    ? undefined
    : `its category must be valid Unicode of 1 to ${MAX_IDENTIFIER_LENGTH} characters`;
}

function quoted(stream: unknown): string {
  const text = JSON.stringify(stream) ?? String(stream);
  return text.length > 80 ? `${text.slice(0, 77)}…"` : text;
}
