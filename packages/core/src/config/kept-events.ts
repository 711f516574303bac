import type { CheckedSettings } from "./config-schema";
import { FOREVER } from "./duration";

type AggregatesSettings = NonNullable<CheckedSettings["aggregates"]>;

/** How long events are kept of aggregates that are stored as their state. A length without an end is `Infinity`. */
export interface KeptEventsConfig {
  /** Of all of them, where neither their table nor the code says. */
  readonly keepMs: number | undefined;
  /** Of single ones, by name. They win over the decorator of the class. */
  readonly named: ReadonlyMap<string, number>;
}

/** Reads `[aggregates]`. */
export function keptEventsConfig({ keep_events: keepEvents, ...named }: AggregatesSettings): KeptEventsConfig {
  const of = Object.entries(named).flatMap(([name, { keep_events: one }]) =>
    one === undefined ? [] : [[name, msOf(one)] as const],
  );
  return { keepMs: keepEvents === undefined ? undefined : msOf(keepEvents), named: new Map(of) };
}

function msOf(length: number | typeof FOREVER): number {
  return length === FOREVER ? Number.POSITIVE_INFINITY : length;
}
