import {
  Aggregate,
  apply,
  Command,
  type Domain,
  DomainEvent,
  decimal,
  handle,
  identifier,
  invariant,
  on,
  Projection,
  type RecordedEvent,
  ValidationError,
} from "@tidemark/core";
import type { EventStoreAdapter } from "@tidemark/core/adapter";
import { z } from "zod";

import { domainOn } from "../domain-under-test";

/** A shop on the store under test, as a new one each time: an application that was started again. */
export async function openShop(adapter: EventStoreAdapter) {
  const domain = domainOn(adapter);
  const elements = declareShop(domain);
  await domain.init();
  const customers = domain.repositoryFor(elements.Customer);
  const accounts = domain.repositoryFor(elements.Account);
  const wallets = domain.repositoryFor(elements.Wallet);
  const join = async (...ids: string[]) => {
    for (const id of ids) await customers.add(elements.Customer.join(id));
  };
  return { domain, ...elements, customers, accounts, wallets, join };
}

/** The stored events of a domain: their streams, positions and types, oldest first. */
export async function storedEvents(domain: Domain): Promise<readonly string[]> {
  const collected: RecordedEvent[] = [];
  for await (const event of domain.eventStore.readAll()) collected.push(event);
  return collected.map(({ stream, position, type }) => `${stream} ${position} ${type}`);
}

/** Gathers what an iteration gives. */
export async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

function declareShop(domain: Domain) {
  @domain.event({ partOf: "Customer" })
  class Moved extends DomainEvent({ customerId: identifier(), city: z.string() }) {}

  @domain.event({ partOf: "Customer" })
  class Left extends DomainEvent({ customerId: identifier() }) {}

  /** Stored as its state, with a value of every kind. */
  @domain.aggregate({ stored: "state", factEvents: true })
  class Customer extends Aggregate(
    {
      email: z.string(),
      city: z.string().optional(),
      joined: z.date().nullable().default(null),
      visits: z.number().default(0),
      rating: z.number().default(0),
      points: z.bigint().default(0n),
      discount: decimal().optional(),
      isTrusted: z.boolean().default(false),
      level: z.enum(["NEW", "OLD"]).default("NEW"),
      limit: z.object({ amount: decimal(), since: z.date() }).optional(),
      notes: z.record(z.string(), z.array(z.number())).default({}),
    },
    { unique: ["email"], indexes: [["city", "visits"]] },
  ) {
    static join(id: string, email = `${id}@example.org`): Customer {
      const customer = Customer.createNew({ id });
      customer.email = email;
      return customer;
    }

    move(city: string): void {
      this.city = city;
      this.raise(new Moved({ customerId: this.id, city }));
    }

    leave(): void {
      this.raise(new Left({ customerId: this.id }));
    }

    @invariant.post
    visitsMustNotBeNegative(): void {
      if (this.visits < 0) throw new ValidationError({ visits: ["must not be negative"] });
    }
  }

  @domain.event({ partOf: "Account" })
  class Paid extends DomainEvent({ accountId: identifier(), amount: z.number() }) {}

  /** Stored as its events. */
  @domain.aggregate({ stored: "events" })
  class Account extends Aggregate({ balance: z.number().default(0) }) {
    pay(amount: number): void {
      this.raise(new Paid({ accountId: this.id, amount }));
    }

    @apply(Paid)
    paid(event: Paid): void {
      this.balance += event.amount;
    }
  }

  @domain.event({ partOf: "Wallet" })
  class Filled extends DomainEvent({ walletId: identifier(), amount: z.number() }) {}

  /** Stored as both, with its events as the truth. */
  @domain.aggregate({ stored: "both", truth: "events" })
  class Wallet extends Aggregate({ balance: z.number().default(0), amounts: z.array(z.number()).default([]) }) {
    static filled(id: string, amount: number): Wallet {
      const wallet = Wallet.createNew({ id });
      wallet.fill(amount);
      return wallet;
    }

    fill(amount: number): void {
      this.raise(new Filled({ walletId: this.id, amount }));
    }

    @apply(Filled)
    filled(event: Filled): void {
      this.balance += event.amount;
      this.amounts.push(event.amount);
    }
  }

  @domain.projection({ mode: "inline" })
  class Residence extends Projection({
    customerId: identifier(),
    city: z.string().default(""),
    moves: z.int().default(0),
  }) {
    @on(Moved, { creates: true })
    moved(event: Moved): void {
      this.city = event.city;
      this.moves++;
    }
  }

  @domain.command({ partOf: Customer })
  class Visit extends Command({ customerId: identifier(), price: z.number() }) {}

  @domain.commandHandler({ partOf: Customer })
  class CustomerHandler {
    /** Changes an aggregate of each kind. */
    @handle(Visit)
    async visit({ customerId, price }: Visit): Promise<void> {
      const [customers, accounts, wallets] = [
        domain.repositoryFor(Customer),
        domain.repositoryFor(Account),
        domain.repositoryFor(Wallet),
      ];
      const customer = await customers.get(customerId);
      customer.visits++;
      await customers.add(customer);
      const account = (await accounts.find(customerId)) ?? Account.createNew({ id: customerId });
      account.pay(price);
      await accounts.add(account);
      const wallet = (await wallets.find(customerId)) ?? Wallet.createNew({ id: customerId });
      wallet.fill(-price);
      await wallets.add(wallet);
    }
  }

  return { Customer, Account, Wallet, Residence, Visit, CustomerHandler };
}
