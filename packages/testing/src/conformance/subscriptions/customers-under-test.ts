import {
  Aggregate,
  apply,
  type ConfigInput,
  DomainEvent,
  handle,
  identifier,
  on,
  ProcessManager,
  Projection,
} from "@tidemark/core";
import type { EventStoreAdapter } from "@tidemark/core/adapter";
import { z } from "zod";

import { fixedClock } from "../../doubles/fixed-clock";
import { domainOn } from "../domain-under-test";
import { ref } from "../event-store/sample-events";

interface CustomersOptions {
  readonly config?: ConfigInput;
  /** The day at which the domain begins; 0 where absent. */
  readonly day?: number;
  /** Called by the projection for each move, before anything else. */
  readonly onMove?: (city: string) => void;
  readonly mode?: "async" | "inline";
  /** Whether the release has the projection; true where absent. */
  readonly hasProjection?: boolean;
  /** Whether the release has the process manager, which keeps moves until an account is opened. */
  readonly hasProcess?: boolean;
}

/**
 * Runs a domain on the store under test, with customers that are stored as their state and whose events are kept for 30 days: each move
 * is an event. Beside them stand accounts that are stored as events. New classes each time, and no server.
 */
export async function runCustomers(
  adapter: EventStoreAdapter,
  {
    config = {},
    day = 0,
    onMove = () => undefined,
    mode = "async",
    hasProjection = true,
    hasProcess = false,
  }: CustomersOptions = {},
) {
  const clock = fixedClock(new Date(Date.UTC(2026, 0, 1 + day)));
  const warnings: string[] = [];
  const logger = { warn: (message: string) => void warnings.push(message), error: () => undefined };
  const domain = domainOn(adapter, { name: "crm", config: { server: { embedded: false }, ...config }, clock, logger });

  @domain.event({ partOf: "Customer" })
  class Moved extends DomainEvent({ customerId: identifier(), city: z.string() }) {}
  @domain.aggregate({ stored: "state", keepEvents: "30d" })
  class Customer extends Aggregate({ city: z.string().default(""), moves: z.number().default(0) }) {
    move(city: string): this {
      this.city = city;
      this.moves++;
      this.raise(new Moved({ customerId: this.id, city }));
      return this;
    }
  }
  @domain.event({ partOf: "Account" })
  class Opened extends DomainEvent({ accountId: identifier() }) {}
  @domain.aggregate({ eventSourced: true })
  class Account extends Aggregate({ openings: z.number().default(0) }) {
    open(): this {
      this.raise(new Opened({ accountId: this.id }));
      return this;
    }
    @apply(Opened)
    opened(_: Opened): void {
      this.openings++;
    }
  }

  class Moves extends Projection({ customerId: identifier(), cities: z.string().default("") }) {
    @on(Moved, { creates: true })
    moved({ city }: Moved): void {
      onMove(city);
      this.cities += city;
    }
  }
  if (hasProjection) domain.projection({ mode })(Moves);

  class Welcome extends ProcessManager({ customerId: identifier(), cities: z.string().default("") }) {
    @handle(Opened, { start: true, correlate: { customerId: "accountId" } })
    opened(_: Opened): void {
      this.cities += "!";
    }
    @handle(Moved, { correlate: "customerId" })
    moved({ city }: Moved): void {
      this.cities += city;
    }
  }

  if (hasProcess) domain.processManager({ missing: "keep" })(Welcome);

  await domain.init();
  const kept = async (stream: string): Promise<number[]> =>
    Array.from(await adapter.log.readStream(ref(stream), { from: 0, limit: 1_000 }), ({ position }) => position);
  return {
    domain,
    Moves,
    clock,
    warnings,
    /** Lets a customer move from one city to the next, each in a unit of its own. */
    async move(id: string, ...cities: readonly string[]): Promise<void> {
      const repository = domain.repositoryFor(Customer);
      for (const city of cities)
        await repository.add(((await repository.find(id)) ?? Customer.createNew({ id })).move(city));
    },
    /** Opens accounts with an id, one after the other. */
    async open(id: string, times = 1): Promise<void> {
      const repository = domain.repositoryFor(Account);
      for (let time = 0; time < times; time++)
        await repository.add(((await repository.find(id)) ?? Account.createNew({ id })).open());
    },
    customer: async (id: string) => await domain.repositoryFor(Customer).get(id),
    account: async (id: string) => await domain.repositoryFor(Account).get(id),
    /** The cities of a customer, as the projection has them. */
    cities: async (id: string) => (await domain.viewOf(Moves).get(id)).cities,
    /** The same as the process has them. */
    told: async (id: string) => (await domain.processOf(Welcome, id)).state?.cities,
    /** The positions of a customer's events that are kept. */
    kept: async (id: string) => await kept(`crm::customer-${id}`),
    keptOfAccount: async (id: string) => await kept(`crm::account-${id}`),
  };
}
