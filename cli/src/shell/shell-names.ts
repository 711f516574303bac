import type { Domain, ProjectionClass } from "@tidemark/core";

import type { ModuleExports } from "../io/io";

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** Returns what a shell knows by name: the domain, its classes, `viewOf`, and whatever else its module exports. */
export function shellNames(domain: Domain, exports: ModuleExports): ReadonlyMap<string, unknown> {
  const named: (readonly [string, unknown])[] = [
    ["viewOf", (projection: ProjectionClass) => domain.viewOf(projection)],
    ...Object.entries(exports ?? {}).filter(([name]) => name !== "default"),
    ...domain.queries,
    ...domain.projections,
    ...domain.commands,
    ...domain.events,
    ...domain.aggregates,
    ["domain", domain],
  ];
  return new Map(named.filter(([name]) => IDENTIFIER.test(name)));
}
