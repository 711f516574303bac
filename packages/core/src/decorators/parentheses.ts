import { IncorrectUsageError } from "../errors/incorrect-usage-error";

const EXAMPLES: Readonly<Record<string, string>> = {
  aggregate: "{ eventSourced: true }",
  snapshotMigration: '{ aggregate: "Account", from: 1, to: 2 }',
  upcaster: '{ event: "DepositMade", from: 1, to: 2 }',
};

/**
 * Without parentheses a decorator with options gets the class in their place, and would put its own result in the
 * class's.
 *
 * @param decorator as it is written: `@domain.event`.
 */
export function checkParentheses(decorator: string, options: unknown): void {
  if (typeof options === "object" && options !== null) return;
  const above = typeof options === "function" ? ` above class ${options.name}` : "";
  const example = EXAMPLES[decorator.replace(/^@(domain\.)?/, "")] ?? '{ partOf: "Account" }';
  throw new IncorrectUsageError(
    `${decorator}${above} needs its options in parentheses, such as ${decorator}(${example})`,
  );
}
