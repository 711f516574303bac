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
