import type { SnapshotStrategy } from "../strategy";
import { checkStrategies } from "./check-strategies";

/** Due when one of the strategies says so; the ones after it are not asked. */
export function anyOf(...strategies: readonly [SnapshotStrategy, ...SnapshotStrategy[]]): SnapshotStrategy {
  checkStrategies("anyOf", strategies);
  return (context) => strategies.some((strategy) => strategy(context));
}
