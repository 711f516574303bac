import type { Domain, ProjectionClass } from "@tidemark/core";

import { CommandError } from "../io/command-error";
import type { chooseAggregate } from "./aggregate-selection";
import { core } from "./core";

/** A class whose aggregates, or a projection whose rows, a call asks for. */
type ChosenClass =
  | { readonly kind: "aggregate"; readonly name: string; readonly type: ReturnType<typeof chooseAggregate> }
  | { readonly kind: "projection"; readonly name: string; readonly type: ProjectionClass };

/** Returns the aggregate or the projection with this name. @throws CommandError that names the one probably meant, or all. */
export function chooseClass(domain: Domain, name: string): ChosenClass {
  const aggregate = domain.aggregates.get(name);
  if (aggregate !== undefined) return { kind: "aggregate", name, type: aggregate };
  const projection = domain.projections.get(name);
  if (projection !== undefined) return { kind: "projection", name, type: projection };
  const names = [...domain.aggregates.keys(), ...domain.projections.keys()];
  const hint = core.config.didYouMean(name, names) || `; it has ${names.length === 0 ? "none" : names.join(", ")}`;
  const what = domain.projections.size === 0 ? "aggregate" : "aggregate or projection";
  throw new CommandError(`Domain ${JSON.stringify(domain.name)} has no ${what} ${JSON.stringify(name)}${hint}`);
}
