import { Aggregate, apply, invariant, ValidationError } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../fidelis";
import { AccountClosed, AccountOpened, DepositMade, WithdrawalMade } from "./account-events";

@domain.aggregate({ eventSourced: true })
export class Account extends Aggregate({
  accountNumber: z.string().max(20),
  holderName: z.string().max(100),
  balance: z.number().default(0),
  status: z.enum(["ACTIVE", "CLOSED"]).default("ACTIVE"),
}) {
  static open(accountNumber: string, holderName: string, openingDeposit: number): Account {
    const account = Account.createNew();
    account.raise(new AccountOpened({ accountId: account.id, accountNumber, holderName, openingDeposit }));
    return account;
  }

  deposit(amount: number, reference?: string): void {
    if (amount <= 0) throw new ValidationError({ amount: ["Deposit amount must be positive"] });
    this.raise(new DepositMade({ accountId: this.id, amount, reference }));
  }

  withdraw(amount: number, reference?: string): void {
    if (amount <= 0) throw new ValidationError({ amount: ["Withdrawal amount must be positive"] });
    this.raise(new WithdrawalMade({ accountId: this.id, amount, reference }));
  }

  close(): void {
    this.raise(new AccountClosed({ accountId: this.id }));
  }

  @invariant.pre
  closedAccountMustNotChange(): void {
    if (this.status === "CLOSED") throw new ValidationError({ status: ["Account is closed"] });
  }

  @invariant.post
  balanceMustNotBeNegative(): void {
    if (this.balance < 0) throw new ValidationError({ balance: ["Insufficient funds: balance cannot be negative"] });
  }

  @invariant.post
  closedAccountMustHaveZeroBalance(): void {
    if (this.status === "CLOSED" && this.balance !== 0) {
      throw new ValidationError({ status: ["Cannot close account with non-zero balance"] });
    }
  }

  @apply(AccountOpened)
  onOpened(event: AccountOpened): void {
    this.accountNumber = event.accountNumber;
    this.holderName = event.holderName;
    this.balance = event.openingDeposit;
  }

  @apply(DepositMade)
  onDeposit(event: DepositMade): void {
    this.balance += event.amount;
  }

  @apply(WithdrawalMade)
  onWithdrawal(event: WithdrawalMade): void {
    this.balance -= event.amount;
  }

  @apply(AccountClosed)
  onClosed(_event: AccountClosed): void {
    this.status = "CLOSED";
  }
}
