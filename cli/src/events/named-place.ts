import type { Domain } from "@tidemark/core";

import { chooseAggregate } from "../domain/aggregate-selection";
import { core } from "../domain/core";
import { CommandError } from "../io/command-error";
import { categoryOf, type EventScope } from "./event-scope";

/**
 * Returns the scope that the words of a call name: `Account`, `Account acc-1`, a category, a stream, or everything.
 * @throws CommandError for an aggregate or a category that the domain does not have.
 */
export function namedScope(domain: Domain, name?: string, id?: string): EventScope {
  if (name === undefined) return {};
  if (id !== undefined || domain.aggregates.has(name)) {
    chooseAggregate(domain, name);
    return { aggregate: name, ...(id !== undefined && { identifier: id }) };
  }
  if (name.includes("-")) return { stream: name };
  if (!name.includes("::")) chooseAggregate(domain, name);
  const own = [...domain.aggregates.values()].map((aggregate) => categoryOf(domain, aggregate));
  // Facts lie in a category beside that of their aggregate, and other domains of the store have categories of their own.
  const isForeign = !name.startsWith(`${own[0]?.split("::", 1)[0]}::`);
  if (isForeign || own.some((category) => name === category || name.startsWith(`${category}:`)))
    return { category: name };
  const hint = core.config.didYouMean(name, own) || `; it has ${own.join(", ")}`;
  throw new CommandError(`Domain ${JSON.stringify(domain.name)} has no category ${JSON.stringify(name)}${hint}`);
}
