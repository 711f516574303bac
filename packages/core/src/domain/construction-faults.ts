import type { Registry } from "./registry";

/** Classes that have to be made with `new`, without a resolver, and yet take arguments. */
export function constructionFaults(registry: Registry): string[] {
  const constructed = registry.of("commandHandler");
  return constructed
    .filter(({ type }) => type.length > 0)
    .map(({ type }) => {
      const taken = type.length === 1 ? "an argument" : `${type.length} arguments`;
      return `${type.name} takes ${taken}, which nothing gives it: give the domain a resolver, new Domain(name, { resolver })`;
    });
}
