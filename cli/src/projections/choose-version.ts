import type { Domain, ProjectionStatus } from "@tidemark/core";

import { core } from "../domain/core";
import { CommandError } from "../io/command-error";

/** Returns a stored version of a projection. @throws CommandError that names the projection probably meant, or the versions there are. */
export async function chooseVersion(domain: Domain, name: string, version: number): Promise<ProjectionStatus> {
  const all = await domain.projections();
  const versions = all.filter((status) => status.name === name);
  const found = versions.find((status) => status.version === version);
  if (found !== undefined) return found;
  const subject = JSON.stringify(domain.name);
  if (versions.length > 0) {
    const there = versions.map((status) => status.version).join(", ");
    throw new CommandError(`Projection ${name} has no version ${version}; there is ${there}`);
  }
  const names = [...new Set(all.map((status) => status.name))];
  const hint = core.config.didYouMean(name, names) || `; it has ${names.length === 0 ? "none" : names.join(", ")}`;
  throw new CommandError(`Domain ${subject} has no projection ${JSON.stringify(name)}${hint}`);
}
