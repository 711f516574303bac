import { type AggregateClass, type Domain, IncorrectUsageError } from "@tidemark/core";
import { domainsOf } from "@tidemark/core/testing";

/** The one domain that an aggregate class is registered with. @throws IncorrectUsageError when there is none, or several. */
export function domainOf(aggregate: AggregateClass): Domain {
  const domains = domainsOf(aggregate);
  const [domain] = domains;
  if (domain !== undefined && domains.length === 1) return domain;
  const { name } = aggregate;
  const found =
    domains.length === 0
      ? "no domain has registered it"
      : `several domains have registered it (${domains.map((each) => JSON.stringify(each.name)).join(", ")})`;
  throw new IncorrectUsageError(`Cannot tell the domain of ${name}: ${found}; say which: given(domain, ${name}, …)`);
}
