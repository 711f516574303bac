import { faultsOfAggregateNames } from "./aggregate-names";
import type { DomainConfig } from "./domain-config";
import { faultsOfEventNames } from "./event-names";

/**
 * A fault for each aggregate or event that the configuration names and nobody registered.
 * @param events the names of each aggregate's events, by the aggregate's name.
 */
export function faultsOfNames(config: DomainConfig, events: ReadonlyMap<string, readonly string[]>): string[] {
  return [...faultsOfAggregateNames(config, [...events.keys()]), ...faultsOfEventNames(config, events)];
}
