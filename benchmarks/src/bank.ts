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
  type NewEvent,
} from "@tidemark/core";
import { z } from "zod";

@event({ partOf: "Account" })
export class AccountOpened extends DomainEvent({
  accountId: identifier(),
  accountNumber: z.string(),
  holderName: z.string(),
  openingDeposit: z.number(),
}) {}

@event({ partOf: "Account" })
export class DepositMade extends DomainEvent({ accountId: identifier(), amount: z.number(), reference: z.string() }) {}

@event({ partOf: "Account" })
export class WithdrawalMade extends DomainEvent({
  accountId: identifier(),
  amount: z.number(),
  reference: z.string(),
}) {}

@aggregate({ eventSourced: true })
export class Account extends Aggregate({
  accountNumber: z.string(),
  holderName: z.string(),
  balance: z.number().default(0),
}) {
  deposit(amount: number, reference: string): void {
    this.raise(new DepositMade({ accountId: this.id, amount, reference }));
  }

  @apply(AccountOpened)
  onOpened(opened: AccountOpened): void {
    this.accountNumber = opened.accountNumber;
    this.holderName = opened.holderName;
    this.balance = opened.openingDeposit;
  }

  @apply(DepositMade)
  onDeposit(deposit: DepositMade): void {
    this.balance += deposit.amount;
  }

  @apply(WithdrawalMade)
  onWithdrawal(withdrawal: WithdrawalMade): void {
    this.balance -= withdrawal.amount;
  }
}

@command({ partOf: Account })
export class MakeDeposit extends Command({ accountId: identifier(), amount: z.number(), reference: z.string() }) {}

/** A bank that is not yet open, on the store that `config` names. */
export function bank(config: ConfigInput): Domain {
  const domain = new Domain("bank", { config });

  @commandHandler({ partOf: Account })
  class AccountCommandHandler {
    @handle(MakeDeposit)
    async deposit({ accountId, amount, reference }: MakeDeposit): Promise<void> {
      const accounts = domain.repositoryFor(Account);
      const account = await accounts.get(accountId);
      account.deposit(amount, reference);
      await accounts.add(account);
    }
  }

  domain.register(Account, AccountOpened, DepositMade, WithdrawalMade, MakeDeposit, AccountCommandHandler);
  return domain;
}

/** An open bank, in which no snapshot is written unasked unless `config` says so. */
export async function openBank(
  eventStore: NonNullable<ConfigInput["event_store"]>,
  config: ConfigInput = { snapshots: { mode: "manual" } },
): Promise<Domain> {
  const domain = bank({ ...config, event_store: eventStore });
  await domain.init();
  return domain;
}

/** The event at one position of an account's history: about 100 bytes of JSON. */
export function historicEvent(accountId: string, position: number): NewEvent {
  if (position === 0) {
    const data = { accountId, accountNumber: "ACC-001", holderName: "Alice Example", openingDeposit: 1_000_000 };
    return { type: "Bank.AccountOpened.v1", data };
  }
  const type = position % 3 === 0 ? "Bank.WithdrawalMade.v1" : "Bank.DepositMade.v1";
  const amount = (position % 97) + 1;
  return { type, data: { accountId, amount, reference: `Invoice ${String(position).padStart(9, "0")}` } };
}

/** The balance after the first `events` events of an account's history. */
export function historicBalance(events: number): number {
  let balance = 0;
  for (let position = 0; position < events; position++) {
    const { type, data } = historicEvent("", position) as { type: string; data: Readonly<Record<string, number>> };
    if (type === "Bank.AccountOpened.v1") balance = data.openingDeposit as number;
    else balance += (type === "Bank.DepositMade.v1" ? 1 : -1) * (data.amount as number);
  }
  return balance;
}

/** Continues an account's history up to `count` events, in commits of 10,000. */
export async function writeHistory(
  domain: Domain,
  accountId: string,
  { from = 0, count }: { readonly from?: number; readonly count: number },
): Promise<void> {
  const stream = domain.streamFor(Account, accountId);
  for (let first = from; first < count; first += 10_000) {
    const length = Math.min(10_000, count - first);
    const events = Array.from({ length }, (_, index) => historicEvent(accountId, first + index));
    await domain.eventStore.append([{ stream, expectedVersion: first - 1, events }]);
  }
}
