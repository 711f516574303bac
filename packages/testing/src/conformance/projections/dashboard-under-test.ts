import {
  Aggregate,
  apply,
  type ConfigInput,
  DomainEvent,
  type EventContext,
  identifier,
  on,
  Projection,
  ProjectionOf,
  Query,
  read,
  type View,
} from "@tidemark/core";
import type { EventStoreAdapter } from "@tidemark/core/adapter";
import { z } from "zod";

import { domainOn } from "../domain-under-test";
import type { ReplacedMethods } from "../lent-store";

interface DashboardOptions {
  readonly mode?: "async" | "inline";
  readonly config?: ConfigInput;
  /** Called by the method for deposits, before anything else. */
  readonly onDeposit?: (amount: number) => void;
  /** Methods of the store to look at. */
  readonly store?: ReplacedMethods;
}

/** A bank with a dashboard, open on the store under test; as new classes each time. */
export async function openDashboard(
  adapter: EventStoreAdapter,
  { config = {}, mode = "async", onDeposit, store }: DashboardOptions = {},
) {
  // Events fail on purpose.
  const logger = { warn: () => undefined, error: () => undefined };
  const own = { server: { embedded: false }, ...config };
  const domain = domainOn(adapter, { name: "fidelis", config: own, store, logger });

  @domain.event({ partOf: "Account" })
  class Opened extends DomainEvent({
    accountId: identifier(),
    branch: identifier(),
    holder: z.string(),
    at: z.date(),
  }) {}
  @domain.event({ partOf: "Account" })
  class Deposited extends DomainEvent({ accountId: identifier(), branch: z.string(), amount: z.number() }) {}
  @domain.event({ partOf: "Account" })
  class Tagged extends DomainEvent({ accountIds: z.array(z.string()), tags: z.array(z.string()) }) {}
  @domain.event({ partOf: "Account" })
  class Erased extends DomainEvent({ accountId: identifier() }) {}

  @domain.aggregate({ eventSourced: true })
  class Account extends Aggregate({
    branch: z.string().optional(),
    holder: z.string().optional(),
    balance: z.number().default(0),
    openedAt: z.date().optional(),
    tags: z.array(z.string()).default([]),
  }) {
    static open(id: string, branch = "north", holder = "Ada"): Account {
      const account = Account.createNew({ id });
      account.raise(new Opened({ accountId: id, branch, holder, at: new Date(1_700_000_000_000) }));
      return account;
    }
    deposit(amount: number): void {
      this.raise(new Deposited({ accountId: this.id, branch: this.branch ?? "", amount }));
    }
    tag(tags: readonly string[], ...others: readonly string[]): void {
      this.raise(new Tagged({ accountIds: [this.id, ...others], tags: [...tags] }));
    }
    erase(): void {
      this.raise(new Erased({ accountId: this.id }));
    }
    reopen(holder: string): void {
      this.raise(
        new Opened({ accountId: this.id, branch: this.branch ?? "", holder, at: new Date(1_800_000_000_000) }),
      );
    }
    @apply(Opened)
    opened(event: Opened): void {
      this.branch = event.branch;
      this.holder = event.holder;
      this.openedAt = event.at;
    }
    @apply(Deposited)
    deposited(event: Deposited): void {
      this.balance += event.amount;
    }
    @apply(Tagged)
    tagged(event: Tagged): void {
      this.tags.push(...event.tags);
    }
    @apply(Erased)
    erased(_: Erased): void {
      this.balance = 0;
    }
  }

  @domain.projection({ mode, indexes: [["branch", "balance"]] })
  class Summary extends Projection({
    accountId: identifier(),
    branch: z.string(),
    holder: z.string(),
    balance: z.number().default(0),
    tags: z.array(z.string()).default([]),
    openedAt: z.date(),
    note: z.string().nullish(),
  }) {
    @on(Opened, { creates: true })
    opened(event: Opened): void {
      this.branch = event.branch;
      this.holder = event.holder;
      this.openedAt = event.at;
    }
    @on(Deposited, { missing: "ignore" })
    deposited(event: Deposited): void {
      onDeposit?.(event.amount);
      this.balance += event.amount;
      if (event.amount > 5) this.note = null;
    }
    @on(Tagged, { key: (event) => event.accountIds, missing: "ignore" })
    tagged(event: Tagged): void {
      this.tags.push(...event.tags);
    }
    @on(Erased, { missing: "ignore" })
    erased(_: Erased, context: EventContext): void {
      context.delete();
    }
  }

  /** Events of several streams fall on one row. */
  @domain.projection({ mode })
  class Branch extends Projection({
    branch: identifier(),
    accounts: z.int().default(0),
    total: z.number().default(0),
  }) {
    @on(Opened, { creates: true })
    opened(_: Opened): void {
      this.accounts++;
    }
    @on(Deposited, { creates: true })
    deposited(event: Deposited): void {
      this.total += event.amount;
    }
  }

  @domain.projection({ mode, of: Account, only: ["balance", "tags"] })
  class AccountStates extends ProjectionOf(Account) {}

  @domain.query({ of: Summary })
  class Rich extends Query(
    { min: z.number() },
    { returns: z.array(z.object({ accountId: z.string(), balance: z.number() })) },
  ) {}
  @domain.query({ of: Summary })
  class Writing extends Query({ by: z.enum(["unit", "add", "append"]) }) {}

  @domain.queryHandler({ of: Summary })
  class Answers {
    @read(Rich)
    async rich(query: Rich, accounts: View<Summary>) {
      const rows = await accounts.where("balance", ">=", query.min).orderBy("balance", "desc").all();
      return rows.map(({ accountId, balance }) => ({ accountId, balance }));
    }
    @read(Writing)
    async write({ by }: Writing): Promise<void> {
      if (by === "unit") await domain.unitOfWork(() => undefined);
      if (by === "add") await domain.repositoryFor(Account).add(Account.open("a-9"));
      if (by === "append") await domain.eventStore.append([{ stream: "x-1", events: [{ type: "T", data: {} }] }]);
    }
  }

  await domain.init();
  const accounts = domain.repositoryFor(Account);
  const open = async (id: string, branch?: string, holder?: string) =>
    await accounts.add(Account.open(id, branch, holder));
  const change = async (id: string, act: (account: Account) => void) => void (await accounts.update(id, act));
  const classes = {
    Account,
    Opened,
    Deposited,
    Tagged,
    Erased,
    Summary,
    Branch,
    AccountStates,
    Rich,
    Writing,
    Answers,
  };
  return { domain, ...classes, accounts, open, change };
}

export type Dashboard = Awaited<ReturnType<typeof openDashboard>>;
