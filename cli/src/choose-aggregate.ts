import type { Domain } from "@tidemark/core";

import { CallError } from "./call-error";
import { nearestName } from "./nearest-name";

/** @throws CallError for a name that the domain does not have, with the one that was likely meant. */
export function chooseAggregate(domain: Domain, name: string) {
  const aggregate = domain.aggregates.get(name);
  if (aggregate !== undefined) return aggregate;
  const names = [...domain.aggregates.keys()];
  const nearest = nearestName(name, names);
  const hint = nearest === undefined ? `it has ${names.join(", ") || "none"}` : `did you mean ${JSON.stringify(nearest)}?`;
  throw new CallError(`Domain ${JSON.stringify(domain.name)} has no aggregate ${JSON.stringify(name)}; ${hint}`);
}
