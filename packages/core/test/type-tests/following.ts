import {
  Aggregate,
  apply,
  Domain,
  DomainEvent,
  type EventFeed,
  type EventsOf,
  type FollowedEvent,
} from "@tidemark/core";
import { z } from "zod";

const domain = new Domain("parking");

@domain.event({ partOf: "Garage" })
class GarageBuilt extends DomainEvent({ spots: z.number() }) {}

@domain.event({ partOf: "Ticket" })
class TicketIssued extends DomainEvent({ at: z.date() }) {}

@domain.event({ partOf: "Ticket" })
class TicketPaid extends DomainEvent({ cents: z.bigint() }) {}

@domain.aggregate({ eventSourced: true })
class Garage extends Aggregate({ spots: z.number().default(0) }) {
  @apply(GarageBuilt)
  onBuilt(event: GarageBuilt): void {
    this.spots = event.spots;
  }
}

@domain.aggregate({ eventSourced: true })
class Ticket extends Aggregate({ paid: z.bigint().optional(), note: z.string().optional() }) {
  pay(cents: bigint, note?: string): void {
    void note;
    this.raise(new TicketPaid({ cents }));
  }

  describe(options: { readonly long: boolean }): string {
    return String(options.long);
  }

  @apply(TicketIssued)
  onIssued(_: TicketIssued): void {}

  @apply(TicketPaid)
  onPaid(event: TicketPaid): void {
    this.paid = event.cents;
  }
}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

export async function following(signal: AbortSignal): Promise<void> {
  for await (const { event, id, position, metadata, eventId, recordedAt } of domain.events({
    of: [Ticket, Garage],
    types: [TicketPaid],
    after: 7,
    follow: true,
    signal,
  })) {
    const cents: bigint = event.cents;
    const texts: string[] = [id, eventId, metadata.correlationId ?? ""];
    const next: number = position;
    const when: Date = recordedAt;
    // @ts-expect-error: not a field of this event
    event.spots;
    void [cents, texts, next, when];
  }

  for await (const { event } of domain.events({ types: [TicketPaid, TicketIssued] })) {
    const one: TicketPaid | TicketIssued = event;
    if (event instanceof TicketPaid) event.cents;
    // @ts-expect-error: only one of the two has it
    event.cents;
    void one;
  }

  const ofGarages: Same<EventsOf<Garage>, GarageBuilt> = true;
  const ofTickets: Same<EventsOf<Ticket>, TicketIssued | TicketPaid> = true;
  const read: EventFeed<GarageBuilt> = domain.events({ of: [Garage] });
  const { value } = await domain.events({ of: [Garage, Ticket], after: "12" }).next();
  const any: FollowedEvent<GarageBuilt | TicketIssued | TicketPaid> | undefined = value;
  for await (const { event } of domain.events()) {
    // @ts-expect-error: any event of the domain
    event.cents;
  }
  const classes: number = domain.events.size + [...domain.events.keys()].length;
  const named = domain.events.get("TicketPaid");
  void [ofGarages, ofTickets, read, any, classes, named];

  // @ts-expect-error: an aggregate is no event
  domain.events({ types: [Ticket] });
  // @ts-expect-error: an event is no aggregate
  domain.events({ of: [TicketPaid] });
  // @ts-expect-error: an unknown option
  domain.events({ of: [Ticket], from: 7 });
  // @ts-expect-error: a position
  domain.events({ after: new Date() });
}
