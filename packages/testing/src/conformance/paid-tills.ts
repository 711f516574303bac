import { Aggregate, apply, type Domain, DomainEvent, identifier, on, Projection } from "@tidemark/core";
import { z } from "zod";

/** Gives a domain tills that are paid into, and an async projection of what they took. */
export function declarePaidTills(domain: Domain) {
  @domain.event({ partOf: "Till" })
  class Paid extends DomainEvent({ tillId: identifier(), cents: z.number() }) {}

  @domain.aggregate({ eventSourced: true })
  class Till extends Aggregate({ cents: z.number().default(0) }) {
    pay(...amounts: readonly number[]): this {
      for (const cents of amounts) this.raise(new Paid({ tillId: this.id, cents }));
      return this;
    }

    @apply(Paid)
    paid({ cents }: Paid): void {
      this.cents += cents;
    }
  }

  @domain.projection({})
  class Takings extends Projection({
    tillId: identifier(),
    cents: z.number().default(0),
    payments: z.int().default(0),
  }) {
    @on(Paid, { creates: true })
    paid({ cents }: Paid): void {
      this.cents += cents;
      this.payments++;
    }
  }

  const pay = async (tillId: string, ...amounts: readonly number[]): Promise<void> => {
    const till = (await domain.repositoryFor(Till).find(tillId)) ?? Till.createNew({ id: tillId });
    await domain.repositoryFor(Till).add(till.pay(...amounts));
  };
  return { Paid, Takings, pay };
}
