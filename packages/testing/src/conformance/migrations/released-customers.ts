import {
  Aggregate,
  type AggregateOptions,
  type AggregateRoot,
  apply,
  DomainEvent,
  type Repository,
  type SnapshotMigration,
} from "@tidemark/core";
import type { EventStoreAdapter } from "@tidemark/core/adapter";
import { type ZodRawShape, z } from "zod";

import { domainOn } from "../domain-under-test";
import type { ReplacedMethods } from "../lent-store";

/** What one release declares of its customers. */
export interface Release {
  readonly fields?: ZodRawShape;
  readonly schemaVersion?: number;
  readonly unique?: readonly string[];
  readonly options?: AggregateOptions;
  /** By the schema version that each starts from; it leads to the next one. */
  readonly migrations?: Readonly<Record<number, SnapshotMigration["migrate"]>>;
  /** Methods of the store to look at or to make fail. */
  readonly store?: ReplacedMethods;
}

/** A customer, whose fields depend on the release. */
type ReleasedCustomer = AggregateRoot & Record<string, any>;

export const FIRST: ZodRawShape = { email: z.string(), name: z.string() };

/** The next schema version of the first release: a field more, and a table of its own. */
export const MOVED: Release = {
  schemaVersion: 2,
  fields: { ...FIRST, isMoved: z.boolean().default(true) },
  migrations: { 1: (state) => state },
};

/** A release of a domain with customers, over a store that other releases use too; new classes each time. */
export function release(
  adapter: EventStoreAdapter,
  {
    fields = FIRST,
    schemaVersion = 1,
    unique = [],
    options = { stored: "state" },
    migrations = {},
    store,
  }: Release = {},
) {
  const domain = domainOn(adapter, { name: "shop", store });
  const areEventsTrue = options.truth === "events";

  @domain.event({ partOf: "Customer" })
  class CustomerChanged extends DomainEvent({ values: z.record(z.string(), z.any()) }) {}

  @domain.aggregate({ ...options, schemaVersion } as AggregateOptions)
  class Customer extends Aggregate(fields, { unique } as object) {
    static with(id: string, values: object): Customer {
      const customer = Customer.createNew({ id });
      customer.change(values);
      return customer;
    }

    change(values: object): void {
      if (areEventsTrue) this.raise(new CustomerChanged({ values: { ...values } }));
      else Object.assign(this, values);
    }

    @apply(CustomerChanged)
    onChanged({ values }: CustomerChanged): void {
      for (const [field, value] of Object.entries(values)) if (field in fields) Reflect.set(this, field, value);
    }
  }

  for (const [from, migrate] of Object.entries(migrations)) {
    const Step = class implements SnapshotMigration {
      migrate(state: Record<string, any>): Record<string, unknown> {
        return migrate(state);
      }
    };
    Object.defineProperty(Step, "name", { value: `CustomerFrom${from}` });
    domain.snapshotMigration({ aggregate: Customer, from: Number(from), to: Number(from) + 1 })(Step);
  }

  const repository = () => domain.repositoryFor(Customer) as unknown as Repository<ReleasedCustomer>;
  return {
    domain,
    repository,
    start: async (): Promise<void> => domain.init({ embedded: false }),
    save: async (id: string, values: object): Promise<void> => {
      await repository().add(Customer.with(id, values) as unknown as ReleasedCustomer);
    },
    change: async (id: string, values: object): Promise<void> => {
      await domain.unitOfWork(async () => {
        const customer = await repository().get(id);
        customer.change(values);
        await repository().add(customer);
      });
    },
    /** The fields of a customer, its id and its version. */
    shown: async (id: string): Promise<object> => {
      const customer = await repository().get(id);
      return { ...customer, id: customer.id, version: customer.version };
    },
  };
}

/** A started release. */
export async function started(adapter: EventStoreAdapter, declared?: Release) {
  const customers = release(adapter, declared);
  await customers.start();
  return customers;
}
