import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import { isDue, type SnapshotStrategy } from "./strategy";

/** Due when one of the strategies says so; those after it are not asked. */
export function anyOf(...strategies: readonly [SnapshotStrategy, ...SnapshotStrategy[]]): SnapshotStrategy {
  checkStrategies("anyOf", strategies);
  return (context) => strategies.some((strategy) => isDue(strategy, context));
}

/** Due when all of the strategies say so; those after the first that does not are not asked. */
export function allOf(...strategies: readonly [SnapshotStrategy, ...SnapshotStrategy[]]): SnapshotStrategy {
  checkStrategies("allOf", strategies);
  return (context) => strategies.every((strategy) => isDue(strategy, context));
}

/** @throws IncorrectUsageError unless there is at least one, and all are functions. */
function checkStrategies(name: string, strategies: readonly unknown[]): void {
  if (strategies.length === 0) throw new IncorrectUsageError(`${name}() takes at least one strategy`);
  for (const strategy of strategies) {
    if (typeof strategy !== "function")
      throw new IncorrectUsageError(
        `${name}() takes strategies such as every(100), found ${JSON.stringify(strategy) ?? strategy}`,
      );
  }
}
