import { didYouMean } from "../wording/did-you-mean";
import type { DomainConfig } from "./domain-config";

/**
 * A fault for each `[snapshots.aggregates.<Name>]` that names no registered aggregate: its settings would
 * hold for nothing. Overlays that are not in force are looked at too.
 */
export function faultsOfAggregateNames(config: DomainConfig, knownNames: readonly string[]): string[] {
  return config.origin
    .aggregateMentions()
    .filter(({ name }) => !knownNames.includes(name))
    .map(({ name, fault }) => fault(`names no aggregate of this domain${didYouMean(name, knownNames)}`));
}
