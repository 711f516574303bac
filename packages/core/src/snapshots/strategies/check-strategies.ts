import { IncorrectUsageError } from "../../errors/incorrect-usage-error";

/** @throws IncorrectUsageError unless there is at least one, and all are functions. */
export function checkStrategies(name: string, strategies: readonly unknown[]): void {
  if (strategies.length === 0) throw new IncorrectUsageError(`${name}() takes at least one strategy`);
  for (const strategy of strategies) {
    if (typeof strategy !== "function")
      throw new IncorrectUsageError(
        `${name}() takes strategies such as every(100), found ${JSON.stringify(strategy) ?? strategy}`,
      );
  }
}
