import { didYouMean } from "../wording/did-you-mean";
import type { DomainConfig } from "./domain-config";

/**
 * A fault for each name in an `after_events` that no registered event has, and for each event of another aggregate in
 * the table of one: such a rule would never fire. Overlays that are not in force are looked at too.
 *
 * @param known the names of each aggregate's events, by the aggregate's name.
 */
export function faultsOfEventNames(config: DomainConfig, known: ReadonlyMap<string, readonly string[]>): string[] {
  const all = [...known.values()].flat();
  return config.origin.eventMentions().flatMap(({ name, aggregate, fault }) => {
    const fitting = aggregate === undefined ? all : (known.get(aggregate) ?? all);
    if (fitting.includes(name)) return [];
    const whose = aggregate === undefined ? "of this domain" : `of ${aggregate}`;
    return [fault(`names ${JSON.stringify(name)}, which is no event ${whose}${didYouMean(name, fitting)}`)];
  });
}
