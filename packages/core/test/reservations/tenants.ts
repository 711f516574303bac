import { tmpdir } from "node:os";
import { z } from "zod";

import { MemoryEventStore, type OperationStores } from "../../src/adapter";
import { Aggregate, apply, Domain, DomainEvent, type EventStoreAdapter } from "../../src/index";
import { AggregateLoader, type Loader } from "../../src/loading/aggregate-loader";
import { SnapshotFinder } from "../../src/loading/snapshot-finder";
import type { Class } from "../../src/metadata/class-types";
import type { AggregateModel } from "../../src/model/aggregate-model";
import { examineModel } from "../../src/model/domain-model";
import { Registry } from "../../src/model/registry";
import { Reservations } from "../../src/reservations/reservations";
import { type VerifyReservationsOptions, verifyReservations } from "../../src/reservations/verify-reservations";

type Unique = readonly ("email" | "slug" | readonly ("email" | "slug")[])[];

type Own = Partial<Pick<Loader, "load"> & Pick<OperationStores, "flush">>;

/** A release of a domain of tenants, with or without unique constraints; new classes each time. */
export function tenants(adapter: EventStoreAdapter, unique: Unique) {
  const domain = new Domain("shop", { root: tmpdir(), eventStore: adapter });

  @domain.event({ partOf: "Tenant" })
  class Named extends DomainEvent({ email: z.string().nullable(), slug: z.string().nullable() }) {}

  @domain.aggregate({ eventSourced: true })
  class Tenant extends Aggregate(
    { email: z.string().nullable().default(null), slug: z.string().nullable().default(null) },
    { unique },
  ) {
    static make(id: string): Tenant {
      return Tenant.createNew({ id });
    }

    name(email: string | null, slug: string | null = null): void {
      this.raise(new Named({ email, slug }));
    }

    @apply(Named)
    onNamed({ email, slug }: Named): void {
      if (email === "broken") throw new Error("it is broken");
      this.email = email;
      this.slug = slug;
    }
  }

  const registry = new Registry();
  for (const type of [Named, Tenant] as unknown as Class[]) registry.addMarked(type);
  const model = examineModel("shop", registry).model.aggregates.get(Tenant as unknown as Class) as AggregateModel;
  const { log, operations } = adapter as Required<EventStoreAdapter>;
  const reservations = new Reservations(model, { log, operations });
  const finder = new SnapshotFinder({ adapter, model, readTimeoutMs: 1_000, maxStateBytes: 1_000_000 });
  const loader: Loader = new AggregateLoader({ adapter, model, finder });
  const { table } = reservations;
  /** Names a tenant, which is made where there is none. */
  const name = async (id: string, email: string | null, slug?: string | null) => {
    const repository = domain.repositoryFor(Tenant);
    const tenant = (await repository.find(id)) ?? Tenant.make(id);
    tenant.name(email, slug);
    await repository.add(tenant);
  };
  /** Whose which values are. */
  const reserved = async () => {
    const orderBy = [{ column: "key", direction: "asc" }] as const;
    const rows = await operations.readModels.query({ table, where: [], orderBy, after: [""] });
    return Object.fromEntries(rows.map(([key, owner]) => [key, owner]));
  };
  /** @param own what the verification uses in the place of the loader's and the store's own. */
  const verify = (
    options: VerifyReservationsOptions = {},
    { load = (id) => loader.load(id), flush = (all) => operations.flush(all) }: Own = {},
  ) => {
    const stores = { flush, readModels: operations.readModels };
    return verifyReservations({ reservations, loader: { load }, log, operations: stores }, options);
  };
  return { domain, Tenant, model, reservations, loader, name, reserved, verify, log, operations };
}

export function emptyStore(): EventStoreAdapter {
  return new MemoryEventStore();
}
