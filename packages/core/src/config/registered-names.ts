import { didYouMean } from "../wording/did-you-mean";
import type { DomainConfig } from "./domain-config";

/** The names of each aggregate's events, by the name of the aggregate. */
type NamesOfEvents = ReadonlyMap<string, readonly string[]>;

/** The names of what is registered, as domain.toml uses them. */
interface RegisteredNames {
  readonly events: NamesOfEvents;
  readonly subscriptions: readonly string[];
  /** How each aggregate is stored, by its name. */
  readonly stored: Stored;
}

type Stored = ReadonlyMap<string, "events" | "state" | "both">;

/** Returns a fault for each aggregate, event and subscription that the configuration names and that is not registered, or has no use for it. */
export function faultsOfNames(config: DomainConfig, { events, subscriptions, stored }: RegisteredNames): string[] {
  return [
    ...faultsOfAggregateNames(config, [...events.keys()]),
    ...faultsOfEventNames(config, events),
    ...faultsOfSubscriptionNames(config, subscriptions),
    ...faultsOfKeptEvents(config, stored),
  ];
}

/**
 * Returns a fault for each `[aggregates.<Name>]` of an aggregate whose events are all kept, because they are its state or go with it, and
 * for `[aggregates] keep_events` where that holds for every aggregate. Looks at overlays that are not in force too.
 */
export function faultsOfKeptEvents(config: DomainConfig, stored: Stored): string[] {
  const single = config.origin.keptEventsMentions().flatMap(({ name, fault }) => {
    const way = stored.get(name);
    if (way === undefined || way === "state") return [];
    return [fault(`keeps events for a time, but ${name} is stored as ${WAYS[way]}: all of them are kept`)];
  });
  if ([...stored.values()].includes("state")) return single;
  const ofAll = config.origin.keptEventsOfAll();
  const reason = 'is for aggregates with stored: "state", and this domain has none: all events are kept';
  return [...ofAll.map(({ fault }) => fault(reason)), ...single];
}

const WAYS = { events: "its events", both: "both its state and its events" };

/**
 * Returns a fault for each `[subscriptions.<Name>]` that names no projection, SQL projector or event handler: its settings would have
 * no effect. Looks at overlays that are not in force too.
 */
export function faultsOfSubscriptionNames(config: DomainConfig, registered: readonly string[]): string[] {
  return config.origin
    .subscriptionMentions()
    .filter(({ name }) => !registered.includes(name))
    .map(({ name, fault }) => fault(`names no subscription of this domain${didYouMean(name, registered)}`));
}

/**
 * Returns a fault for each `[snapshots.aggregates.<Name>]` and `[aggregates.<Name>]` that names no registered aggregate: its settings would
 * have no effect.
 * Looks at overlays that are not in force too.
 */
export function faultsOfAggregateNames(config: DomainConfig, registered: readonly string[]): string[] {
  return config.origin
    .aggregateMentions()
    .filter(({ name }) => !registered.includes(name))
    .map(({ name, fault }) => fault(`names no aggregate of this domain${didYouMean(name, registered)}`));
}

/**
 * Returns a fault for each name in `after_events` that no registered event has, and for each event of another aggregate in the table
 * of one: such a rule would never apply. Looks at overlays that are not in force too.
 */
export function faultsOfEventNames(config: DomainConfig, registered: NamesOfEvents): string[] {
  const all = [...registered.values()].flat();
  return config.origin.eventMentions().flatMap(({ name, aggregate, fault }) => {
    const fitting = aggregate === undefined ? all : (registered.get(aggregate) ?? all);
    if (fitting.includes(name)) return [];
    const whose = aggregate === undefined ? "of this domain" : `of ${aggregate}`;
    return [fault(`names ${JSON.stringify(name)}, which is not an event ${whose}${didYouMean(name, fitting)}`)];
  });
}
