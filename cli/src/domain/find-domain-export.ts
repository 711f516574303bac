import type { ModuleExports } from "../io/io";

/** The mark that every `Domain` carries, whichever copy of `@tidemark/core` made it. */
const DOMAIN = Symbol.for("tidemark.domain");

/**
 * Picks the domain among a module's exports: the one with the name asked for, or the only one. A domain that is exported under
 * two names (`domain` and `default`) counts once.
 *
 * @returns the domain, or a sentence that says why none was picked.
 */
export function findDomainExport(exports: ModuleExports, exportName?: string): { domain: object } | { fault: string } {
  const domains = new Map<object, string>();
  for (const [name, value] of namedExports(exports)) {
    if (name === exportName) {
      return isDomain(value) ? { domain: value } : { fault: `its export ${JSON.stringify(name)} is not a Domain` };
    }
    if (isDomain(value) && !domains.has(value)) domains.set(value, name);
  }
  const names = [...domains.values()].map((name) => JSON.stringify(name));
  if (exportName !== undefined) {
    const instead = names.length === 0 ? "and exports no Domain" : `its Domain is ${names.join(" or ")}`;
    return { fault: `it has no export ${JSON.stringify(exportName)}; ${instead}` };
  }
  const [domain, ...others] = domains.keys();
  if (domain === undefined) return { fault: 'it exports no Domain; add "export const domain = new Domain(…)"' };
  if (others.length > 0)
    return { fault: `it exports ${names.length} domains, ${names.join(" and ")}; pick one with <path>:<export>` };
  return { domain };
}

/** Returns the exports by name. `module.exports = domain` counts as an export named `default`. */
function namedExports(exports: ModuleExports): readonly (readonly [string, unknown])[] {
  return isDomain(exports) ? [["default", exports]] : Object.entries(exports ?? {});
}

function isDomain(value: unknown): value is object {
  return typeof value === "object" && value !== null && DOMAIN in value;
}
