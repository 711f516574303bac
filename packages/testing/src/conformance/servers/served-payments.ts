import {
  Aggregate,
  apply,
  DomainEvent,
  type EventContext,
  handle,
  identifier,
  type Logger,
  on,
  Projection,
} from "@tidemark/core";
import type { EventStoreAdapter } from "@tidemark/core/adapter";
import { z } from "zod";

import { domainOn } from "../domain-under-test";

/** Short enough for a test to wait for it, long enough for a busy machine to renew it. */
export const LEASE_MS = 4_000;

/** How many events a handler is given at once: no more are in hand, for each bucket. */
export const BATCH = 50;

/** What calls the handler: one payment. */
export type PaymentHandler = (tillId: string, number: number, context: EventContext) => Promise<void>;

/**
 * A domain of tills that several processes serve: an async projection of what they took, and an event handler with an effect of its
 * own for each payment. It is to be initialised.
 */
export function servedPayments(
  adapter: EventStoreAdapter,
  payment: PaymentHandler = async () => undefined,
  logger?: Logger,
) {
  const config = { server: { embedded: false }, subscriptions: { batch: BATCH, lease: `${LEASE_MS / 1_000}s` } };
  const domain = domainOn(adapter, { name: "served", config, ...(logger && { logger }) });

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

  @domain.eventHandler({ startFrom: "beginning" })
  class Receipts {
    @handle(Paid)
    async print({ tillId }: Paid, context: EventContext): Promise<void> {
      await payment(tillId, context.position, context);
    }
  }
  void Receipts;

  const pay = async (tillId: string, ...amounts: readonly number[]): Promise<void> => {
    const till = (await domain.repositoryFor(Till).find(tillId)) ?? Till.createNew({ id: tillId });
    await domain.repositoryFor(Till).add(till.pay(...amounts));
  };
  return { domain, Takings, pay };
}
