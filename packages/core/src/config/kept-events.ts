import type { CheckedSettings } from "./config-schema";

type AggregatesSettings = NonNullable<CheckedSettings["aggregates"]>;

/** How long events are kept of aggregates that are stored as their state. A length without an end is `Infinity`. */
export interface KeptEventsConfig {
  /** Of all of them, where neither their table nor the code says. */
  readonly keepMs: number | undefined;
  /** Of single ones, by name. They win over the decorator of the class. */
  readonly named: ReadonlyMap<string, number>;
}

/** Reads `[aggregates]`. */
export function keptEventsConfig({ keep_events: keepMs, ...named }: AggregatesSettings): KeptEventsConfig {
  const lengths = Object.entries(named).flatMap(([name, { keep_events: length }]) =>
    length === undefined ? [] : [[name, length] as const],
  );
  return { keepMs, named: new Map(lengths) };
}
