import {
  Aggregate,
  type AggregateOptions,
  apply,
  type ConfigInput,
  type Domain,
  DomainEvent,
  identifier,
  type SnapshotOptions,
} from "@tidemark/core";
import { type EventStoreAdapter } from "@tidemark/core/adapter";
import { z } from "zod";

import { domainOn } from "../domain-under-test";
import type { ReplacedMethods } from "../lent-store";

export interface BankOptions {
  readonly config?: ConfigInput;
  readonly snapshot?: SnapshotOptions;
  readonly schemaVersion?: number;
  /** Gives the account a field more, and so another fingerprint. */
  readonly withBranch?: boolean;
  /** Snapshot migrations of the account. */
  readonly migrations?: readonly Migration[];
  /** How a deposit is folded, where it is not added as it is: code that changed while the shape stayed. */
  readonly worth?: (amount: number) => number;
  /** Methods of the store to look at or to make fail. */
  readonly store?: ReplacedMethods;
}

export interface Migration {
  readonly from: number;
  readonly to: number;
  migrate(state: Record<string, any>): Record<string, unknown>;
}

/** What a domain warned of: its logger's calls. */
interface Warning {
  readonly message: string;
  readonly reason?: string;
}

/** A domain of accounts on the store under test, as a new one each time: an application that was started again. */
export async function openBank(adapter: EventStoreAdapter, options: BankOptions = {}) {
  const warnings: Warning[] = [];
  const logger = { warn: (message: string, details: object = {}) => void warnings.push({ message, ...details }) };
  const domain = domainOn(adapter, { ...options, logger });
  const elements = declareAccount(domain, options);
  await domain.init();
  return { domain, accounts: domain.repositoryFor(elements.Account), warnings, ...elements };
}

export type Bank = Awaited<ReturnType<typeof openBank>>;
export type Account = Bank["Account"]["prototype"];

/** What an account holds, to compare as a whole. */
export function stateOf(account: Account): object {
  return { ...account, id: account.id, version: account.version };
}

function declareAccount(domain: Domain, options: BankOptions) {
  const { snapshot, schemaVersion, withBranch = false, migrations = [], worth = (amount) => amount } = options;

  @domain.event({ partOf: "Account" })
  class AccountOpened extends DomainEvent({ holder: z.string(), openedOn: z.date() }) {}

  @domain.event({ partOf: "Account" })
  class DepositMade extends DomainEvent({ amount: z.number(), tags: z.array(z.string()).default([]) }) {}

  @domain.event({ partOf: "Account" })
  class CoinsCounted extends DomainEvent({ coins: z.bigint() }) {}

  const aggregate: AggregateOptions = {
    eventSourced: true,
    ...(snapshot && { snapshot }),
    ...(schemaVersion !== undefined && { schemaVersion }),
  };

  @domain.aggregate(aggregate)
  class Account extends Aggregate({
    holder: z.string(),
    openedOn: z.date(),
    balance: z.number().default(0),
    coins: z.bigint().default(0n),
    tags: z.array(z.string()).default([]),
    notes: z.record(z.string(), z.any()).default({}),
    ...(withBranch && { branch: z.string().default("main") }),
  }) {
    static open(id: string, holder = "Alice"): Account {
      const account = Account.createNew({ id });
      account.raise(new AccountOpened({ holder, openedOn: new Date("2026-02-20T12:00:00.123Z") }));
      return account;
    }

    deposit(...amounts: number[]): void {
      for (const amount of amounts) this.raise(new DepositMade({ amount, tags: [identifier().parse(`t${amount}`)] }));
    }

    count(coins: bigint): void {
      this.raise(new CoinsCounted({ coins }));
    }

    @apply(AccountOpened)
    onOpened(event: AccountOpened): void {
      this.holder = event.holder;
      this.openedOn = event.openedOn;
      this.notes = { "a-b": [null, { deep: -0 }], when: event.openedOn };
    }

    @apply(DepositMade)
    onDeposit(event: DepositMade): void {
      this.balance += worth(event.amount);
      this.tags.push(...event.tags);
    }

    @apply(CoinsCounted)
    onCounted(event: CoinsCounted): void {
      this.coins += event.coins;
    }
  }

  for (const { from, to, migrate } of migrations) {
    @domain.snapshotMigration({ aggregate: Account, from, to })
    class AccountMigration {
      migrate(state: Record<string, unknown>): Record<string, unknown> {
        return migrate(state);
      }
    }
    Object.defineProperty(AccountMigration, "name", { value: `AccountFrom${from}To${to}` });
  }

  return { Account, AccountOpened, DepositMade, CoinsCounted };
}
