import type { ProjectionClass } from "../elements/projection";
import type { ProjectionStatus } from "../projections/inspection/projection-statuses";
import { callableMap } from "./callable-map";

/**
 * What `domain.projections` is: the registered projections by name, and a function that lists the versions that the store knows, with how
 * far each is. A name of several versions stands for the highest one.
 *
 * @throws IncorrectUsageError before `init()`.
 */
export interface DomainProjections extends ReadonlyMap<string, ProjectionClass> {
  (): Promise<readonly ProjectionStatus[]>;
}

/** Gives a function that lists statuses the members of a map. */
export function domainProjections(
  registered: ReadonlyMap<string, ProjectionClass>,
  list: () => Promise<readonly ProjectionStatus[]>,
): DomainProjections {
  return callableMap(registered, () => list());
}
