import { Aggregate, apply, DomainEvent, type NewEvent } from "@tidemark/core";
import { type EventStoreAdapter } from "@tidemark/core/adapter";
import { z } from "zod";

import { domainOn } from "../domain-under-test";
import type { ReplacedMethods } from "../lent-store";

/** A domain of garages and tickets on the store under test. */
export async function openGarage(adapter: EventStoreAdapter, store: ReplacedMethods = {}) {
  const domain = domainOn(adapter, { name: "parking", store });

  @domain.event({ partOf: "Garage" })
  class GarageBuilt extends DomainEvent({ spots: z.number() }) {}

  @domain.event({ partOf: "Ticket" })
  class TicketIssued extends DomainEvent({ at: z.date() }) {}

  @domain.event({ partOf: "Ticket", version: 2 })
  class TicketPaid extends DomainEvent({ cents: z.bigint() }) {}

  @domain.upcaster({ event: TicketPaid, from: 1, to: 2 })
  class PaidInCents {
    upcast({ euros }: Record<string, unknown>): Record<string, unknown> {
      return { cents: String(Number(euros) * 100) };
    }
  }
  void PaidInCents;

  @domain.aggregate({ eventSourced: true })
  class Garage extends Aggregate({ spots: z.number().default(0) }) {
    build(spots: number): this {
      this.raise(new GarageBuilt({ spots }));
      return this;
    }

    @apply(GarageBuilt)
    onBuilt({ spots }: GarageBuilt): void {
      this.spots = spots;
    }
  }

  @domain.aggregate({ eventSourced: true, skipEvents: ["TicketPrinted"] })
  class Ticket extends Aggregate({ issuedAt: z.date().optional(), paid: z.bigint().default(0n) }) {
    issue(): this {
      this.raise(new TicketIssued({ at: new Date(5) }));
      return this;
    }

    pay(cents: bigint): this {
      this.raise(new TicketPaid({ cents }));
      return this;
    }

    @apply(TicketIssued)
    onIssued({ at }: TicketIssued): void {
      this.issuedAt = at;
    }

    @apply(TicketPaid)
    onPaid({ cents }: TicketPaid): void {
      this.paid += cents;
    }
  }

  await domain.init();
  const build = (id: string, spots = 1) => domain.repositoryFor(Garage).add(Garage.createNew({ id }).build(spots));
  const issue = (id: string) => domain.repositoryFor(Ticket).add(Ticket.createNew({ id }).issue());
  const pay = (id: string, cents: bigint) =>
    domain.repositoryFor(Ticket).update(id, (ticket) => void ticket.pay(cents));
  /** Appends to a ticket's stream what the code of another time wrote. */
  const stored = (id: string, ...events: readonly NewEvent[]) =>
    domain.eventStore.append([{ stream: domain.streamFor(Ticket, id), events }]);
  return { domain, Garage, Ticket, GarageBuilt, TicketIssued, TicketPaid, build, issue, pay, stored };
}

/** What tests compare of an event. */
export function outline({ event, id }: { readonly event: object; readonly id: string }): string {
  return `${event.constructor.name} ${id}`;
}
