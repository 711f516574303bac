import { z } from "zod";

import {
  Aggregate,
  apply,
  type ConfigInput,
  Domain,
  DomainEvent,
  type EventStoreAdapter,
  type SnapshotOptions,
} from "../../src/index";

export interface VersionOptions {
  readonly eventStore: EventStoreAdapter;
  /** Of the account's state: 2 counts its deposits, 3 calls the balance total. */
  readonly schemaVersion: 1 | 2 | 3;
  readonly withMigrations: boolean;
  readonly snapshot: (events: { readonly Deposited: new (values: never) => object }) => SnapshotOptions;
  readonly config: ConfigInput;
  readonly warn: (message: string, details?: { readonly reason?: string }) => void;
}

const FIELDS = {
  1: { balance: z.number().default(0) },
  2: { balance: z.number().default(0), deposits: z.bigint().default(0n) },
  3: { total: z.number().default(0), deposits: z.bigint().default(0n) },
};

/** The account as one version of an application has it. Its state is another in each; what happened to it is the same. */
export function versionedAccount(options: VersionOptions) {
  const { eventStore, schemaVersion, withMigrations, snapshot, config, warn } = options;
  const domain = new Domain("property", { root: "/", eventStore, config, logger: { warn: warn as () => void } });

  @domain.event({ partOf: "Account" })
  class Opened extends DomainEvent({ on: z.date() }) {}

  @domain.event({ partOf: "Account" })
  class Deposited extends DomainEvent({ amount: z.number() }) {}

  @domain.aggregate({ eventSourced: true, schemaVersion, snapshot: snapshot({ Deposited }) })
  class Account extends Aggregate({
    openedOn: z.date().optional(),
    amounts: z.array(z.number()).default([]),
    ...(FIELDS[schemaVersion] as (typeof FIELDS)[1] & (typeof FIELDS)[2] & (typeof FIELDS)[3]),
  }) {
    static open(id: string): Account {
      const account = Account.createNew({ id });
      account.raise(new Opened({ on: new Date("2026-02-20T12:00:00Z") }));
      return account;
    }

    deposit(amounts: readonly number[]): void {
      for (const amount of amounts) this.raise(new Deposited({ amount }));
    }

    @apply(Opened)
    onOpened(event: Opened): void {
      this.openedOn = event.on;
    }

    @apply(Deposited)
    onDeposited({ amount }: Deposited): void {
      this.amounts.push(amount);
      if (schemaVersion === 3) this.total += amount;
      else this.balance += amount;
      if (schemaVersion > 1) this.deposits += 1n;
    }
  }

  if (withMigrations && schemaVersion > 1) {
    @domain.snapshotMigration({ aggregate: Account, from: 1, to: 2 })
    class CountDeposits {
      migrate(state: Record<string, any>) {
        return { ...state, deposits: String(state.amounts.length) };
      }
    }
    expect(CountDeposits).toBeDefined();
  }
  if (withMigrations && schemaVersion === 3) {
    @domain.snapshotMigration({ aggregate: Account, from: 2, to: 3 })
    class CallItTotal {
      migrate({ balance, ...state }: Record<string, any>) {
        return { ...state, total: balance };
      }
    }
    expect(CallItTotal).toBeDefined();
  }
  return { domain, Account };
}

/** What an account of that version holds after these deposits, worked out without Tidemark. */
export function expectedState(schemaVersion: 1 | 2 | 3, amounts: readonly number[]): object {
  const sum = amounts.reduce((total, amount) => total + amount, 0);
  return {
    openedOn: new Date("2026-02-20T12:00:00Z"),
    amounts: [...amounts],
    ...(schemaVersion === 3 ? { total: sum } : { balance: sum }),
    ...(schemaVersion > 1 && { deposits: BigInt(amounts.length) }),
  };
}
