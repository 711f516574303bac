import type { Domain } from "@tidemark/core";

import { CommandError } from "../io/command-error";
import { core } from "./core";

/** Which aggregates a command works on: one, all of a class, or all. */
export interface AggregateSelection {
  /** The name of a class. */
  readonly aggregate?: string;
  readonly identifier?: string;
}

type AggregateClass = NonNullable<ReturnType<Domain["aggregates"]["get"]>>;

/** @throws CommandError for an id without the class that it belongs to. */
export function checkSelection({ aggregate, identifier }: AggregateSelection): void {
  if (identifier === undefined || aggregate !== undefined) return;
  throw new CommandError("--identifier needs --aggregate: ids are unique only within an aggregate's class");
}

/** Returns the class with this name. @throws CommandError that names the class probably meant, or all classes. */
export function chooseAggregate(domain: Domain, name: string): AggregateClass {
  const aggregate = domain.aggregates.get(name);
  if (aggregate !== undefined) return aggregate;
  const names = [...domain.aggregates.keys()];
  const hint = core.config.didYouMean(name, names) || `; it has ${names.length === 0 ? "none" : names.join(", ")}`;
  throw new CommandError(`Domain ${JSON.stringify(domain.name)} has no aggregate ${JSON.stringify(name)}${hint}`);
}

/** Returns the class with this name under its name; without a name, all classes. */
export function chooseAggregates(domain: Domain, name: string | undefined): ReadonlyMap<string, AggregateClass> {
  return name === undefined ? domain.aggregates : new Map([[name, chooseAggregate(domain, name)]]);
}

/** Counts the aggregates of these classes. */
export async function countAggregates(domain: Domain, classes: Iterable<AggregateClass>): Promise<number> {
  const counts = await Promise.all([...classes].map((aggregate) => domain.repositoryFor(aggregate).count()));
  return counts.reduce((total, count) => total + count, 0);
}
