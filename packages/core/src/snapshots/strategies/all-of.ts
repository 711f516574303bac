import type { SnapshotStrategy } from "../strategy";
import { checkStrategies } from "./check-strategies";

/** Due when all of the strategies say so; the ones after the first that does not are not asked. */
export function allOf(...strategies: readonly [SnapshotStrategy, ...SnapshotStrategy[]]): SnapshotStrategy {
  checkStrategies("allOf", strategies);
  return (context) => strategies.every((strategy) => strategy(context));
}
