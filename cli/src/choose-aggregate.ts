import { type Domain, didYouMean } from "@tidemark/core";

import { CommandError } from "./command-error";

type AggregateClass = NonNullable<ReturnType<Domain["aggregates"]["get"]>>;

/** The class of that name. @throws CommandError naming the one that was likely meant, else all there are. */
export function chooseAggregate(domain: Domain, name: string): AggregateClass {
  const aggregate = domain.aggregates.get(name);
  if (aggregate !== undefined) return aggregate;
  const names = [...domain.aggregates.keys()];
  const hint = didYouMean(name, names) || `; it has ${names.length === 0 ? "none" : names.join(", ")}`;
  throw new CommandError(`Domain ${JSON.stringify(domain.name)} has no aggregate ${JSON.stringify(name)}${hint}`);
}

/** The class of that name under its name; without one, all there are. */
export function chooseAggregates(domain: Domain, name: string | undefined): ReadonlyMap<string, AggregateClass> {
  return name === undefined ? domain.aggregates : new Map([[name, chooseAggregate(domain, name)]]);
}

/** How many aggregates these classes have. */
export async function countAggregates(domain: Domain, classes: Iterable<AggregateClass>): Promise<number> {
  const counts = await Promise.all([...classes].map((aggregate) => domain.repositoryFor(aggregate).count()));
  return counts.reduce((total, count) => total + count, 0);
}
