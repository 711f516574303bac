import {
  type Domain,
  type DomainEventRoot,
  IncorrectUsageError,
  type ProjectionClass,
  type ProjectionRoot,
} from "@tidemark/core";
import { isolatedDomain } from "@tidemark/core/testing";

import { domainOf } from "./domain-of";
import { Projected } from "./projected";
import { projectedRow } from "./projected-row";
import { seedAll } from "./seed-all";

/** Events that happened, on whatever aggregates, and the domain and id where they were said. */
interface Happened {
  readonly domain: Domain | undefined;
  readonly id: string | undefined;
  readonly events: readonly DomainEventRoot[];
}

/** What was given without a class: what projections make of it can be looked at. */
export class GivenEvents {
  readonly #happened: Happened;

  constructor(happened: Happened) {
    this.#happened = happened;
  }

  /** Which aggregate the events happened to, where their first `identifier()` field does not say so. */
  withId(id: string): GivenEvents {
    return new GivenEvents({ ...this.#happened, id });
  }

  /** Further events. */
  after(...events: readonly DomainEventRoot[]): GivenEvents {
    return new GivenEvents({ ...this.#happened, events: [...this.#happened.events, ...events] });
  }

  /**
   * The row that a projection of the domain, of either mode, has after the events. No event handler is called.
   * @throws SubscriptionStoppedError when it is awaited, for an event that a method of the projection fails on.
   */
  projected<P extends ProjectionRoot>(projection: ProjectionClass<P>, key: string): Projected<P> {
    if (typeof key !== "string")
      throw new IncorrectUsageError(`projected(${projection.name}, …) takes the key of a row, a text, second`);
    const { domain = domainOf(projection, "given(domain, …)"), ...happened } = this.#happened;
    return new Projected(async () => {
      const isolated = isolatedDomain(domain);
      await seedAll(isolated, happened);
      return await projectedRow({ domain, isolated }, projection, key);
    });
  }
}
