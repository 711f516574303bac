import { IncorrectUsageError } from "../errors/incorrect-usage-error";

/**
 * Without parentheses a decorator with options gets the class in their place, and would put its own result in the
 * class's.
 *
 * @param decorator as it is written: `@domain.event`.
 */
export function checkParentheses(decorator: string, options: unknown): void {
  if (typeof options === "object" && options !== null) return;
  const above = typeof options === "function" ? ` above class ${options.name}` : "";
  const example = decorator.endsWith("aggregate") ? "{ eventSourced: true }" : '{ partOf: "Account" }';
  throw new IncorrectUsageError(
    `${decorator}${above} needs its options in parentheses, such as ${decorator}(${example})`,
  );
}
