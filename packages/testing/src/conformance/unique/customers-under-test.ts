import {
  Aggregate,
  apply,
  Command,
  type Domain,
  DomainEvent,
  handle,
  identifier,
  on,
  type ProcessOptions,
  Projection,
  type RecordedEvent,
} from "@tidemark/core";
import type { EventStoreAdapter } from "@tidemark/core/adapter";
import { z } from "zod";

import { domainOn } from "../domain-under-test";
import type { ReplacedMethods } from "../lent-store";

/** How customers are stored. */
export type Storing =
  | { readonly eventSourced: true }
  | { readonly stored: "state" }
  | { readonly stored: "both"; readonly truth: "events" | "state" };

interface CustomersOptions {
  /** How customers are stored; as events alone where absent. */
  readonly storing?: Storing;
  /** Methods in the place of the store's own. */
  readonly store?: ReplacedMethods;
  /** What no two customers share. */
  readonly unique?: readonly ("email" | readonly ("country" | "taxId")[])[];
  /** Whether saves are recorded as facts. */
  readonly factEvents?: boolean;
  /** Whether an inline projection counts changes: in one row, which all saves contend for. */
  readonly withChanges?: boolean;
}

const UNIQUE = ["email", ["country", "taxId"]] as const;

/** A domain of customers on the store under test, as a new one each time: an application that was started again. */
export async function openCustomers(adapter: EventStoreAdapter, options: CustomersOptions = {}) {
  const { store = {} } = options;
  const domain = domainOn(adapter, { store });
  const { Customer, ...elements } = declareCustomers(domain, options);
  await domain.init();
  const customers = domain.repositoryFor(Customer);
  const register = async (id: string, email: string | null) => await customers.add(Customer.register(id, email));
  const move = async (id: string, email: string | null) =>
    await customers.update(id, (customer) => customer.moveTo(email));
  const emails = async (...ids: string[]) =>
    await Promise.all(ids.map(async (id) => (await customers.find(id))?.email));
  /** How many changes the inline projection has counted. */
  const changes = async () => {
    const row = await domain.viewOf(domain.projections.get("CustomerChanges")!).get("all");
    return (row as { readonly changes?: number }).changes;
  };
  return { domain, Customer, customers, register, move, emails, changes, ...elements };
}

/** What an error says of the constraint on emails. @param id undefined where it cannot tell which aggregate was refused. */
export function emailTaken(id: string | undefined) {
  const details = { aggregate: "Customer", fields: ["email"], ...(id !== undefined && { id }) };
  return { name: "UniqueViolationError", code: "UNIQUE_VIOLATION", statusCode: 409, details };
}

/** The stored events of a domain: their streams and their types, oldest first. */
export async function storedEvents(domain: Domain): Promise<readonly string[]> {
  const collected: RecordedEvent[] = [];
  for await (const event of domain.eventStore.readAll()) collected.push(event);
  return collected.map(({ stream, type }) => `${stream} ${type}`);
}

function declareCustomers(
  domain: Domain,
  { storing = { eventSourced: true }, unique = UNIQUE, factEvents = false, withChanges = false }: CustomersOptions,
) {
  /** How often the handler ran. */
  const runs = { count: 0 };

  @domain.event({ partOf: "Customer" })
  class Registered extends DomainEvent({ email: z.string().nullable() }) {}

  @domain.event({ partOf: "Customer" })
  class Moved extends DomainEvent({ email: z.string().nullable() }) {}

  @domain.event({ partOf: "Customer" })
  class Taxed extends DomainEvent({ country: z.string().optional(), taxId: z.string().optional() }) {}

  @domain.event({ partOf: "Customer" })
  class Greeted extends DomainEvent({}) {}

  @domain.aggregate({ ...storing, factEvents })
  class Customer extends Aggregate(
    {
      email: z.string().nullable().default(null),
      country: z.string().optional(),
      taxId: z.string().optional(),
      greetings: z.number().default(0),
    },
    { unique },
  ) {
    static register(id: string, email: string | null): Customer {
      const customer = Customer.createNew({ id });
      customer.raise(new Registered({ email }));
      return customer;
    }

    moveTo(email: string | null): void {
      this.raise(new Moved({ email }));
    }

    tax(country?: string, taxId?: string): void {
      this.raise(new Taxed({ country, taxId }));
    }

    greet(): void {
      this.raise(new Greeted({}));
    }

    @apply(Registered)
    onRegistered({ email }: Registered): void {
      this.email = email;
    }

    @apply(Moved)
    onMoved({ email }: Moved): void {
      this.email = email;
    }

    @apply(Taxed)
    onTaxed({ country, taxId }: Taxed): void {
      this.country = country;
      this.taxId = taxId;
    }

    @apply(Greeted)
    onGreeted(_: Greeted): void {
      this.greetings++;
    }
  }

  @domain.command({ partOf: Customer })
  class Register extends Command({ customerId: identifier(), email: z.string() }, { returns: z.string() }) {}

  @domain.commandHandler({ partOf: Customer })
  class CustomerHandler {
    @handle(Register)
    async register({ customerId, email }: Register): Promise<string> {
      runs.count++;
      await domain.repositoryFor(Customer).add(Customer.register(customerId, email));
      return customerId;
    }
  }
  void CustomerHandler;

  if (withChanges) {
    @domain.projection({ mode: "inline" })
    class CustomerChanges extends Projection({ register: identifier(), changes: z.number().default(0) }) {
      @on(Registered, { creates: true, key: () => "all" })
      registered(_: Registered): void {
        this.changes++;
      }

      @on(Moved, { key: () => "all" })
      moved(_: Moved): void {
        this.changes++;
      }
    }
    void CustomerChanges;
  }

  const process = async (id: string, email: string, options?: ProcessOptions) =>
    await domain.process(new Register({ customerId: id, email }), options);
  return { Customer, process, runs };
}
