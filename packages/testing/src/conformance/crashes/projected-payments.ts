import { Aggregate, apply, DomainEvent, identifier, on, Projection } from "@tidemark/core";
import type { EventStoreAdapter } from "@tidemark/core/adapter";
import { z } from "zod";

import { domainOn } from "../domain-under-test";

/** How few events are folded at once: the fewer, the more moments there are to be killed at. */
const BATCH = 7;

/** A domain of tills with an async and an inline projection of what they took. It is to be initialised. */
export function projectedPayments(adapter: EventStoreAdapter) {
  const config = { server: { embedded: false }, subscriptions: { batch: BATCH } };
  const domain = domainOn(adapter, { name: "crashes", config });

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

  @domain.projection({ mode: "inline" })
  class Totals extends Projection({
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
  return { domain, Takings, Totals, pay };
}

/** A row of either projection. */
interface Taken {
  readonly tillId: string;
  readonly cents: number;
  readonly payments: number;
}

/** Folds the log as the projections do, without them: from one position on to a later one. */
export class FoldedPayments {
  #position = 0;

  /** @param category that of the tills. */
  constructor(private readonly category = "crashes::till") {}

  readonly #rows = new Map<string, Taken>();

  /** @returns the rows by their keys, after everything up to a position. */
  async upTo({ log }: EventStoreAdapter, position: number): Promise<readonly Taken[]> {
    while (this.#position < position) {
      const page = await log.readAll({ after: this.#position, limit: 1_000, categories: [this.category] });
      for (const { data, globalPosition } of page.messages) {
        if (globalPosition > position) break;
        const { tillId, cents } = JSON.parse(data) as { readonly tillId: string; readonly cents: number };
        const row = this.#rows.get(tillId) ?? { tillId, cents: 0, payments: 0 };
        this.#rows.set(tillId, { tillId, cents: row.cents + cents, payments: row.payments + 1 });
      }
      this.#position = Math.min(page.upTo, position);
    }
    return [...this.#rows.values()].sort((a, b) => (a.tillId < b.tillId ? -1 : 1));
  }
}
