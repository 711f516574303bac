import type { Domain, ProjectionClass } from "@tidemark/core";

import { core } from "../domain/core";
import { CommandError } from "../io/command-error";

/** Returns the projection with this name. @throws CommandError that names the one probably meant, or all. */
export function chooseProjection(domain: Domain, name: string): ProjectionClass {
  const projection = domain.projections.get(name);
  if (projection !== undefined) return projection;
  const names = [...domain.projections.keys()];
  const hint = core.config.didYouMean(name, names) || `; it has ${names.length === 0 ? "none" : names.join(", ")}`;
  throw new CommandError(`Domain ${JSON.stringify(domain.name)} has no projection ${JSON.stringify(name)}${hint}`);
}
