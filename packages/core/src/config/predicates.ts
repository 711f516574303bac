import type { Issue, RawIssue } from "../schema/zod-tree";
import { alternatives } from "../wording/alternatives";
import { inWords } from "../wording/in-words";

/** Returns the sentence about an issue whose schema has no message of its own; undefined leaves the message to zod. */
export function predicateOf(issue: RawIssue): string | undefined {
  const expectation = expectationOf(issue);
  return expectation === undefined ? undefined : `must ${expectation}`;
}

function expectationOf(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return `be ${KINDS[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `be ${alternatives(issue.values.map(inWords))}`;
    case "too_small":
      return bound(issue.origin, issue.inclusive ? "at least" : "more than", issue.minimum);
    case "too_big":
      return bound(issue.origin, issue.inclusive ? "at most" : "less than", issue.maximum);
    case "invalid_format":
      return issue.format === "regex" ? `match ${issue.pattern}` : `be a valid ${issue.format}`;
    case "invalid_union":
      return expectationOfUnion(issue.errors);
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

/** Joins the expectations of the options, where each option of the union says one thing about the whole value. */
function expectationOfUnion(options: readonly (readonly Issue[])[]): string | undefined {
  const said = options.map(([issue, ...more]) => {
    const saysOne = issue !== undefined && more.length === 0 && issue.path.length === 0;
    return saysOne && issue.message.startsWith("must be ") ? issue.message.slice("must be ".length) : undefined;
  });
  if (said.length === 0 || said.includes(undefined)) return undefined;
  return `be ${alternatives(said as string[])}`;
}

/** Names a value in the words of domain.toml: `"50" (a string)`, `-1`, `a table`. */
export function found(value: unknown, isOfWrongType: boolean): string {
  if (typeof value === "string") return `${inWords(value)}${isOfWrongType ? " (a string)" : ""}`;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return inWords(value);
  return value instanceof Date ? "a date" : "a table";
}
