import {
  Aggregate,
  apply,
  Command,
  Domain,
  DomainEvent,
  handle,
  identifier,
  invariant,
  ValidationError,
} from "@tidemark/core";
import { z } from "zod";

export const domain = new Domain("fidelis");

@domain.event({ partOf: "Account" })
export class AccountOpened extends DomainEvent({
  accountId: identifier(),
  accountNumber: z.string(),
  holderName: z.string(),
  openingDeposit: z.number(),
}) {}

@domain.event({ partOf: "Account" })
export class DepositMade extends DomainEvent({
  accountId: identifier(),
  amount: z.number(),
  reference: z.string().optional(),
}) {}

@domain.aggregate({ eventSourced: true })
export class Account extends Aggregate({
  accountNumber: z.string().max(20),
  holderName: z.string().max(100),
  balance: z.number().default(0),
  status: z.enum(["ACTIVE", "CLOSED"]).default("ACTIVE"),
}) {
  static open(accountNumber: string, holderName: string, openingDeposit: number): Account {
    const account = Account.createNew(); // a fresh id; createNew({ id }) takes one
    account.raise(new AccountOpened({ accountId: account.id, accountNumber, holderName, openingDeposit }));
    return account;
  }

  deposit(amount: number, reference?: string): void {
    if (amount <= 0) throw new ValidationError({ amount: ["Deposit amount must be positive"] });
    this.raise(new DepositMade({ accountId: this.id, amount, reference }));
  }

  @invariant.post
  balanceMustNotBeNegative(): void {
    if (this.balance < 0) throw new ValidationError({ balance: ["Insufficient funds: balance cannot be negative"] });
  }

  @apply(AccountOpened) // checked by the compiler against the parameter
  onOpened(event: AccountOpened): void {
    this.accountNumber = event.accountNumber;
    this.holderName = event.holderName;
    this.balance = event.openingDeposit;
  }

  @apply // bare: the event comes from design:paramtypes (reflect-metadata)
  onDeposit(event: DepositMade): void {
    this.balance += event.amount;
  }
}

@domain.command({ partOf: Account })
export class OpenAccount extends Command(
  { accountNumber: z.string(), holderName: z.string(), openingDeposit: z.number() },
  { returns: z.string() },
) {}

@domain.command({ partOf: Account })
export class MakeDeposit extends Command({
  accountId: identifier(),
  amount: z.number(),
  reference: z.string().optional(),
}) {}

@domain.commandHandler({ partOf: Account })
export class AccountCommandHandler {
  @handle(OpenAccount)
  async open(command: OpenAccount): Promise<string> {
    const account = Account.open(command.accountNumber, command.holderName, command.openingDeposit);
    await domain.repositoryFor(Account).add(account);
    return account.id;
  }

  @handle(MakeDeposit)
  async deposit(command: MakeDeposit): Promise<void> {
    const accounts = domain.repositoryFor(Account);
    const account = await accounts.get(command.accountId);
    account.deposit(command.amount, command.reference);
    await accounts.add(account);
  }
}
