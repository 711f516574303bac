import {
  Aggregate,
  aggregate,
  apply,
  Command,
  type ConfigInput,
  command,
  commandHandler,
  Domain,
  DomainEvent,
  event,
  handle,
  identifier,
} from "@tidemark/core";
import { z } from "zod";

@event({ partOf: "Ledger" })
class Booked extends DomainEvent({ ledgerId: identifier(), amount: z.number(), text: z.string() }) {}

@command({ partOf: "Ledger" })
class Book extends Command({ ledgerId: identifier(), amount: z.number(), text: z.string() }) {}

const FIELDS = { balance: z.number().default(0), bookings: z.int().default(0), lastText: z.string().default("") };

/** The ways of storing that are compared. Each has the same state, and the same event for each booking unless it says so. */
export const WAYS = {
  events: { stored: "events" },
  "events, a snapshot every 100": { stored: "events" },
  "both, events are the truth": { stored: "both", truth: "events" },
  "both, state is the truth": { stored: "both", truth: "state" },
  state: { stored: "state" },
  "state, no event raised": { stored: "state" },
} as const;

export type Way = keyof typeof WAYS;

/** An open domain with ledgers that are stored in one way. */
export interface Ledgers {
  /** Makes a ledger with so many bookings. */
  make(ledgerId: string, bookings: number): Promise<void>;
  load(ledgerId: string): Promise<unknown>;
  /** Has one booking made by a command. */
  book(ledgerId: string): Promise<void>;
  close(): Promise<void>;
}

export async function openLedgers(way: Way, eventStore: NonNullable<ConfigInput["event_store"]>): Promise<Ledgers> {
  const snapshots = way === "events, a snapshot every 100" ? { snapshot_threshold: 100 } : { snapshot_threshold: 0 };
  const domain = new Domain("bench", { config: { ...snapshots, event_store: eventStore } });
  const Ledger = ledgerClass(way);

  @commandHandler({ partOf: "Ledger" })
  class LedgerCommandHandler {
    @handle(Book)
    async book({ ledgerId, amount, text }: Book): Promise<void> {
      const ledgers = domain.repositoryFor(Ledger);
      const ledger = await ledgers.get(ledgerId);
      ledger.book(amount, text);
      await ledgers.add(ledger);
    }
  }

  domain.register(Ledger, Booked, Book, LedgerCommandHandler);
  await domain.init();
  return {
    make: async (ledgerId, bookings) => {
      const ledger = Ledger.createNew({ id: ledgerId });
      for (let number = 0; number < bookings; number++) ledger.book(number, `Invoice ${number}`);
      await domain.repositoryFor(Ledger).add(ledger);
    },
    load: async (ledgerId) => await domain.repositoryFor(Ledger).get(ledgerId),
    book: async (ledgerId) => {
      await domain.process(new Book({ ledgerId, amount: 5, text: "Invoice 000000001" }));
    },
    close: async () => await domain.close(),
  };
}

function ledgerClass(way: Way) {
  const storage = WAYS[way];
  if (storage.stored === "events" || (storage.stored === "both" && storage.truth === "events")) {
    @aggregate(storage)
    class Ledger extends Aggregate(FIELDS) {
      book(amount: number, text: string): void {
        this.raise(new Booked({ ledgerId: this.id, amount, text }));
      }

      @apply(Booked)
      onBooked({ amount, text }: Booked): void {
        this.balance += amount;
        this.bookings += 1;
        this.lastText = text;
      }
    }
    return Ledger;
  }

  @aggregate(storage)
  class Ledger extends Aggregate(FIELDS) {
    book(amount: number, text: string): void {
      this.balance += amount;
      this.bookings += 1;
      this.lastText = text;
      if (way !== "state, no event raised") this.raise(new Booked({ ledgerId: this.id, amount, text }));
    }
  }
  return Ledger;
}
