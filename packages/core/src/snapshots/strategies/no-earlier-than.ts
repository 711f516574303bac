import type { SnapshotStrategy } from "../strategy";

/** The strategy, but for no aggregate's first snapshot before it has this many events. */
export function noEarlierThan(minEvents: number, strategy: SnapshotStrategy): SnapshotStrategy {
  return (context) => {
    const isFirst = context.eventsSince > context.version;
    return (!isFirst || context.eventsSince >= minEvents) && strategy(context);
  };
}
