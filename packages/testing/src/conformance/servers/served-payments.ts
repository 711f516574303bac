import { type EventContext, handle, type Logger } from "@tidemark/core";
import type { EventStoreAdapter } from "@tidemark/core/adapter";

import { domainOn } from "../domain-under-test";
import { declarePaidTills } from "../paid-tills";

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

  const { Paid, Takings, pay } = declarePaidTills(domain);

  @domain.eventHandler({ startFrom: "beginning" })
  class Receipts {
    @handle(Paid)
    async print({ tillId }: InstanceType<typeof Paid>, context: EventContext): Promise<void> {
      await payment(tillId, context.position, context);
    }
  }
  void Receipts;

  return { domain, Takings, pay };
}
