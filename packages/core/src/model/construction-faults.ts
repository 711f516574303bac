import type { DomainProblem } from "./domain-problem";
import type { Registry } from "./registry";

/** Classes that have to be made with `new`, without a resolver, and yet take arguments. */
export function constructionFaults(registry: Registry): DomainProblem[] {
  const kinds = ["commandHandler", "domainService", "applicationService"] as const;
  const constructed = kinds.flatMap((kind) => registry.of(kind));
  return constructed
    .filter(({ type }) => type.length > 0)
    .map(({ type: { name: element, length } }) => {
      const taken = length === 1 ? "an argument" : `${length} arguments`;
      const message = `${element} takes ${taken}, which nothing gives it: give the domain a resolver, new Domain(name, { resolver })`;
      return { code: "INVALID_DECLARATION", severity: "error", element, message };
    });
}
