import type { Issue, RawIssue } from "../schema/zod-tree";

/** What an issue says when its schema has no message of its own; undefined leaves it to zod. */
export function predicateOf(issue: RawIssue): string | undefined {
  const expectation = expectationOf(issue);
  return expectation === undefined ? undefined : `must ${expectation}`;
}

function expectationOf(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return `be ${KINDS[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `be ${oneOf(issue.values.map(asLiteral))}`;
    case "too_small":
      return bound(issue.origin, issue.inclusive ? "at least" : "more than", issue.minimum);
    case "too_big":
      return bound(issue.origin, issue.inclusive ? "at most" : "less than", issue.maximum);
    case "invalid_format":
      return issue.format === "regex" ? `match ${issue.pattern}` : `be a valid ${issue.format}`;
    case "invalid_union":
      return alternatives(issue.errors);
    default:
      return undefined;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "an array",
  object: "a table",
  record: "a table",
};

const COUNTED: Readonly<Record<string, string>> = { string: " characters long", array: " entries long" };

function bound(origin: string, relation: string, limit: number | bigint): string {
  return `be ${relation} ${limit}${COUNTED[origin] ?? ""}`;
}

/** `true or false or a string`, where each option of the union says one thing about the whole value. */
function alternatives(options: readonly (readonly Issue[])[]): string | undefined {
  const said = options.map(([issue, ...more]) => {
    const saysOne = issue !== undefined && more.length === 0 && issue.path.length === 0;
    return saysOne && issue.message.startsWith("must be ") ? issue.message.slice("must be ".length) : undefined;
  });
  if (said.length === 0 || said.includes(undefined)) return undefined;
  return `be ${oneOf(said as string[])}`;
}

function oneOf(options: readonly string[]): string {
  return options.length < 2 ? options.join("") : `${options.slice(0, -1).join(", ")} or ${options.at(-1)}`;
}

/** A value as a message shows it: `"50" (a string)`, `-1`, `a table`. */
export function found(value: unknown, wrongType: boolean): string {
  if (typeof value === "string") return `${JSON.stringify(shortened(value))}${wrongType ? " (a string)" : ""}`;
  if (Array.isArray(value)) return "an array";
  if (value === null || typeof value !== "object") return asLiteral(value);
  return value instanceof Date ? "a date" : "a table";
}

function asLiteral(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : typeof value === "function" ? "a function" : String(value);
}

const MAX_SHOWN = 60;

function shortened(text: string): string {
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`;
}
