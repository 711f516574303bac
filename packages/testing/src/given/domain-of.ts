import { type Domain, IncorrectUsageError } from "@tidemark/core";
import { domainsOf } from "@tidemark/core/testing";

/**
 * The one domain that an aggregate, a projection or an event handler is registered with.
 *
 * @param way what to write where the domain has to be said.
 * @throws IncorrectUsageError when there is none, or several.
 */
export function domainOf(type: { readonly name: string; readonly prototype: object }, way?: string): Domain {
  const domains = domainsOf(type as Parameters<typeof domainsOf>[0]);
  const [domain] = domains;
  if (domain !== undefined && domains.length === 1) return domain;
  const { name } = type;
  const found =
    domains.length === 0
      ? "no domain has registered it"
      : `several domains have registered it (${domains.map((each) => JSON.stringify(each.name)).join(", ")})`;
  throw new IncorrectUsageError(
    `Cannot tell the domain of ${name}: ${found}; say which: ${way ?? `given(domain, ${name}, …)`}`,
  );
}
