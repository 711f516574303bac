import { tmpdir } from "node:os";
import { z } from "zod";
import type { EventContext } from "../../src/elements/event-context";
import { Projection, ProjectionOf } from "../../src/elements/projection";
import { Aggregate, apply, Domain, DomainEvent, type EventStoreAdapter, identifier } from "../../src/index";
import type { Class } from "../../src/metadata/class-types";
import type { AggregateModel } from "../../src/model/aggregate-model";
import { examineModel } from "../../src/model/domain-model";
import type { ProjectionModel, Reaction } from "../../src/model/projection-model";
import { Registry } from "../../src/model/registry";
import type { Shape } from "../../src/schema/shape";

/** A domain of accounts whose events have every kind of value, and projections of it as the compiler of declarations makes them. */
export function ledger(eventStore?: EventStoreAdapter) {
  const domain = new Domain("fidelis", { root: tmpdir(), ...(eventStore && { eventStore }) });

  @domain.event({ partOf: "Account" })
  class Opened extends DomainEvent({ accountId: identifier(), holder: z.string(), at: z.date() }) {}
  @domain.event({ partOf: "Account" })
  class Deposited extends DomainEvent({ accountId: identifier(), amount: z.number(), tags: z.array(z.string()) }) {}
  @domain.event({ partOf: "Account" })
  class Moved extends DomainEvent({ from: z.string(), accountIds: z.array(z.string()), holder: z.string() }) {}
  @domain.event({ partOf: "Account" })
  class Erased extends DomainEvent({ accountId: identifier() }) {}

  @domain.aggregate({ eventSourced: true })
  class Account extends Aggregate({
    holder: z.string(),
    balance: z.number().default(0),
    tags: z.array(z.string()).default([]),
    openedAt: z.date().optional(),
  }) {
    @apply
    opened(event: Opened): void {
      this.holder = event.holder;
      this.openedAt = event.at;
    }
    @apply
    deposited(event: Deposited): void {
      this.balance += event.amount;
      this.tags.push(...event.tags);
    }
    @apply
    moved(event: Moved): void {
      this.holder = event.holder;
    }
    @apply
    erased(_: Erased): void {
      this.balance = 0;
    }
    static open(id: string, holder: string): Account {
      const account = Account.createNew({ id });
      account.raise(new Opened({ accountId: id, holder, at: new Date(1_700_000_000_000) }));
      return account;
    }
  }

  class Summary extends Projection({
    accountId: identifier(),
    holder: z.string(),
    balance: z.number().default(0),
    tags: z.array(z.string()).default([]),
    openedAt: z.date().optional(),
    note: z.string().nullish(),
    status: z.enum(["ACTIVE", "CLOSED"]).default("ACTIVE"),
  }) {
    opened(event: Opened): void {
      this.holder = event.holder;
      this.openedAt = event.at;
    }
    deposited(event: Deposited): void {
      this.balance += event.amount;
      this.tags.push(...event.tags);
    }
    moved(event: Moved): void {
      this.holder = event.holder;
    }
    erased(_: Erased, context: EventContext): void {
      context.delete();
    }
  }
  class States extends ProjectionOf(Account) {}

  const registry = new Registry();
  for (const type of [Opened, Deposited, Moved, Erased, Account] as unknown as Class[]) registry.addMarked(type);
  const { model: domainModel } = examineModel("fidelis", registry);
  const account = domainModel.aggregates.get(Account as unknown as Class) as AggregateModel;

  const summary = (options: Partial<ProjectionModel> & { readonly methods?: MethodsOf } = {}) => {
    const { methods = SUMMARY_METHODS, type = Summary as unknown as Class, ...others } = options;
    return projectionModel(type, account, methods, { Opened, Deposited, Moved, Erased }, others);
  };
  const states = (only: readonly string[] = account.shape.keys): ProjectionModel => ({
    ...projectionModel(States as unknown as Class, account, {}, {}),
    key: "id",
    aggregate: { model: account, only },
  });
  return { domain, Account, Opened, Deposited, Moved, Erased, Summary, States, account, summary, states, domainModel };
}

type Options = Partial<Pick<Reaction, "creates" | "missing" | "keysOf">>;
type MethodsOf = Readonly<Record<string, Options & { readonly method: string }>>;

export const SUMMARY_METHODS: MethodsOf = {
  Opened: { method: "opened", creates: true },
  Deposited: { method: "deposited" },
  Moved: { method: "moved", keysOf: (event) => [...new Set((event as { accountIds: string[] }).accountIds)] },
  Erased: { method: "erased" },
};

function projectionModel(
  type: Class,
  source: AggregateModel,
  methods: MethodsOf,
  events: Readonly<Record<string, unknown>>,
  others: Partial<ProjectionModel> = {},
): ProjectionModel {
  const { shape } = type as Class & { readonly shape: Shape };
  const reactions = new Map<string, Reaction[]>();
  for (const [name, { method, ...options }] of Object.entries(methods)) {
    reactions.set(`Fidelis.${name}.v1`, [
      {
        place: `${type.name}.${method}`,
        event: events[name] as Class,
        creates: false,
        missing: "fail",
        keysOf: (event, aggregateId) => [(event as { accountId?: string }).accountId ?? aggregateId],
        apply: (row, event, context) =>
          (row as Record<string, (...args: unknown[]) => unknown>)[method]?.(event, context),
        ...options,
      },
    ]);
  }
  return {
    type,
    name: type.name,
    version: 1,
    mode: "async",
    lane: "default",
    shape,
    key: "accountId",
    indexes: [],
    reactions,
    sources: [source],
    ...others,
  };
}
